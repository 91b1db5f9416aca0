package main

import (
	"runtime/debug"
	"testing"
)

func TestMemory(t *testing.T) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(-1))
	var m memory
	m.allow(0)
	if got := debug.SetMemoryLimit(-1); got != enoughMemory {
		t.Errorf("at first %d", got)
	}
	for range 4096 {
		m.another()
	}
	if got := debug.SetMemoryLimit(-1); got != 4096*packageTakes {
		t.Errorf("for 4096 packages %d", got)
	}
	m.allow(10)
	if got := debug.SetMemoryLimit(-1); got != 4096*packageTakes {
		t.Errorf("afterwards %d", got)
	}
}
