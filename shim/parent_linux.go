package shim

import "syscall"

// dieWithParent has the kernel end npm when gpq is killed: its registry is gone then, and it would wait for that in vain.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }
