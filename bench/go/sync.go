package main

import (
	"runtime"
	"sync"
)

var syncing = map[string]program{
	"mutex-uncontended":      mutexUncontended,
	"mutex-contended":        mutexContended,
	"mutex-work":             mutexWork,
	"wait-group-uncontended": waitGroupUncontended,
	"wait-group-add-done":    waitGroupAddDone,
	"wait-group-wait":        waitGroupWait,
	"wait-group-go":          waitGroupGo,

	"wait-group-add-done-work": waitGroupAddDoneWork,
	"wait-group-wait-work":     waitGroupWaitWork,
}

func mutexUncontended(n int, _ *Params) float64 {
	var mu sync.Mutex
	held := 0
	for i := 0; i < n; i++ {
		mu.Lock()
		held++
		mu.Unlock()
	}
	return float64(held)
}

func mutexContended(n int, p *Params) float64 {
	return together(n, p.Width, true, 0)
}

func mutexWork(n int, p *Params) float64 {
	return together(n, p.Width, false, p.Work)
}

func together(n, width int, inside bool, outside int) float64 {
	var mu sync.Mutex
	var wg sync.WaitGroup
	sums := make([]int, width)
	held := 0
	for g := 0; g < width; g++ {
		g := g
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i < n/width; i++ {
				mu.Lock()
				held++
				if inside {
					runtime.Gosched()
				}
				mu.Unlock()
				if outside > 0 {
					sums[g] += work(outside)
				}
			}
		}()
	}
	wg.Wait()
	sum := held
	for _, s := range sums {
		sum += s
	}
	return float64(sum)
}

func waitGroupUncontended(n int, _ *Params) float64 {
	waited := 0
	var wg sync.WaitGroup
	for i := 0; i < n; i++ {
		wg.Add(1)
		wg.Done()
		wg.Wait()
		waited++
	}
	return float64(waited)
}

func waitGroupAddDone(n int, _ *Params) float64 {
	var wg sync.WaitGroup
	done := 0
	for i := 0; i < n; i++ {
		wg.Add(1)
		wg.Done()
		done++
	}
	wg.Wait()
	return float64(done)
}

func waitGroupWait(n int, _ *Params) float64 {
	var wg sync.WaitGroup
	waited := 0
	for ; waited < n; waited++ {
		wg.Wait()
	}
	return float64(waited)
}

func waitGroupAddDoneWork(n int, p *Params) float64 {
	var wg sync.WaitGroup
	sum := 0
	for i := 0; i < n; i++ {
		wg.Add(1)
		sum += work(p.Work)
		wg.Done()
	}
	wg.Wait()
	return float64(sum)
}

func waitGroupWaitWork(n int, p *Params) float64 {
	var wg sync.WaitGroup
	sum := 0
	for i := 0; i < n; i++ {
		wg.Wait()
		sum += work(p.Work)
	}
	return float64(sum)
}

func waitGroupGo(n int, p *Params) float64 {
	ran := 0
	var mu sync.Mutex
	var wg sync.WaitGroup
	for ran < n {
		wg.Add(p.Batch)
		for i := 0; i < p.Batch; i++ {
			go func() {
				mu.Lock()
				ran++
				mu.Unlock()
				wg.Done()
			}()
		}
		wg.Wait()
	}
	return float64(ran)
}
