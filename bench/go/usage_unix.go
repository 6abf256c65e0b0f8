//go:build unix

package main

import (
	"runtime"
	"syscall"
)

// usage tells the peak of resident memory in bytes, and the CPU time in milliseconds.
func usage() (int64, float64) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, 0
	}
	unit := int64(1024)
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		unit = 1
	}
	cpu := float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
	return int64(u.Maxrss) * unit, cpu
}
