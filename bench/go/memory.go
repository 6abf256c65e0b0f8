package main

import (
	"runtime"
	"sync"
	"time"
)

var memory = map[string]program{
	"parked-bytes":     parkedBytes,
	"million-sleepers": millionSleepers,
}

func usedBytes() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

func parkedBytes(n int, p *Params) float64 {
	quiet := make(chan int)
	var parked, done sync.WaitGroup
	parked.Add(n)
	done.Add(n)
	before := usedBytes()
	for i := 0; i < n; i++ {
		go func() {
			parked.Done()
			<-quiet
			done.Done()
		}()
	}
	parked.Wait()
	p.Bytes = usedBytes() - before
	close(quiet)
	done.Wait()
	return float64(n)
}

func millionSleepers(n int, p *Params) float64 {
	var done sync.WaitGroup
	done.Add(n)
	for i := 0; i < n; i++ {
		go func() {
			time.Sleep(time.Duration(p.SleepMs) * time.Millisecond)
			done.Done()
		}()
	}
	done.Wait()
	return float64(n)
}
