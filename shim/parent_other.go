//go:build unix && !linux

package shim

import "syscall"

func dieWithParent() *syscall.SysProcAttr { return nil }
