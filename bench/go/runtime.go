package main

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

var aboutRuntime = map[string]program{"thread-bytes": threadBytes}

// threadBytes has n goroutines that keep an OS thread each.
func threadBytes(n int, p *Params) float64 {
	var ready, done sync.WaitGroup
	ready.Add(n)
	done.Add(n)
	quiet := make(chan int)
	before := residentBytes()
	for i := 0; i < n; i++ {
		go func() {
			runtime.LockOSThread()
			ready.Done()
			<-quiet
			done.Done()
		}()
	}
	ready.Wait()
	p.Bytes = residentBytes() - before
	close(quiet)
	done.Wait()
	return float64(n)
}

// residentBytes is 0 where the system does not tell it in /proc.
func residentBytes() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	pages, _ := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	return pages * int64(os.Getpagesize())
}
