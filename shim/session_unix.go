//go:build unix

package shim

import "syscall"

// ownSession keeps an interactive shell from taking gpq's terminal.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
