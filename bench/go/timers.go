package main

import (
	"sync"
	"time"
)

var timers = map[string]program{
	"timer-after-func-chain": withBallast(afterFuncChain),
	"timer-after":            withBallast(afterReceive),
	"timer-stop":             withBallast(makeStop),
	"timer-after-func-batch": withBallast(afterFuncBatch),
	"timer-start-stop":       withBallast(startStop),
	"timer-reset":            withBallast(resetTimer),
	"timer-sleepers":         withBallast(sleepers),
	"timer-ticker":           withBallast(tick),
}

// withBallast runs body while many far timers are pending; their time is not counted.
func withBallast(body program) program {
	return func(n int, p *Params) float64 {
		ballast := make([]*time.Timer, p.Ballast)
		for i := range ballast {
			ballast[i] = time.AfterFunc(time.Hour, func() {})
		}
		start := time.Now()
		result := body(n, p)
		p.Ns = time.Since(start).Nanoseconds()
		for _, t := range ballast {
			t.Stop()
		}
		return result
	}
}

func afterFuncChain(n int, _ *Params) float64 {
	end := make(chan int)
	var link func(number int)
	link = func(number int) {
		if number == n {
			end <- number
		} else {
			time.AfterFunc(0, func() { link(number + 1) })
		}
	}
	time.AfterFunc(0, func() { link(1) })
	return float64(<-end)
}

func afterReceive(n int, _ *Params) float64 {
	got := 0
	for i := 0; i < n; i++ {
		<-time.After(time.Nanosecond)
		got++
	}
	return float64(got)
}

func makeStop(n int, _ *Params) float64 {
	stopped := 0
	for i := 0; i < n; i++ {
		if time.NewTimer(time.Hour).Stop() {
			stopped++
		}
	}
	return float64(stopped)
}

func afterFuncBatch(n int, p *Params) float64 {
	var wg sync.WaitGroup
	ran := 0
	for ran < n {
		wg.Add(p.Batch)
		for i := 0; i < p.Batch; i++ {
			time.AfterFunc(0, wg.Done)
		}
		wg.Wait()
		ran += p.Batch
	}
	return float64(ran)
}

func startStop(n int, p *Params) float64 {
	stopped := 0
	for done := 0; done < n; done += p.Batch {
		pending := make([]*time.Timer, p.Batch)
		for i := range pending {
			pending[i] = time.AfterFunc(time.Hour, func() {})
		}
		for _, t := range pending {
			if t.Stop() {
				stopped++
			}
		}
	}
	return float64(stopped)
}

func resetTimer(n int, _ *Params) float64 {
	t := time.NewTimer(time.Hour)
	active := 0
	for i := 0; i < n; i++ {
		if t.Reset(time.Hour) {
			active++
		}
	}
	t.Stop()
	return float64(active)
}

func sleepers(n int, p *Params) float64 {
	var wg sync.WaitGroup
	ran := 0
	for ran < n {
		wg.Add(p.Batch)
		for i := 0; i < p.Batch; i++ {
			go func() {
				time.Sleep(time.Nanosecond)
				wg.Done()
			}()
		}
		wg.Wait()
		ran += p.Batch
	}
	return float64(ran)
}

func tick(n int, _ *Params) float64 {
	t := time.NewTicker(time.Nanosecond)
	defer t.Stop()
	got := 0
	for i := 0; i < n; i++ {
		<-t.C
		got++
	}
	return float64(got)
}
