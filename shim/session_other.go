//go:build !unix

package shim

import "syscall"

func ownSession() *syscall.SysProcAttr { return nil }
