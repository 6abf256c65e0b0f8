package main

import (
	"sync"
	"sync/atomic"
)

var spawning = map[string]program{
	"spawn-burst":   spawnBurst,
	"spawn-batches": spawnBatches,
	"spawn-chain":   spawnChain,
	"spawn-chains":  spawnChains,
	"skynet":        skynet,
	"sieve":         sieve,
}

func spawnBurst(n int, _ *Params) float64 {
	var ran atomic.Int64
	end := make(chan int64)
	for i := 0; i < n; i++ {
		go func() {
			if got := ran.Add(1); got == int64(n) {
				end <- got
			}
		}()
	}
	return float64(<-end)
}

func spawnBatches(n int, p *Params) float64 {
	size := p.Batch
	if size > n {
		size = n
	}
	ran := 0
	var wg sync.WaitGroup
	for ran < n {
		wg.Add(size)
		for i := 0; i < size; i++ {
			go wg.Done()
		}
		wg.Wait()
		ran += size
	}
	return float64(ran)
}

func spawnChain(n int, _ *Params) float64 {
	end := make(chan int)
	var link func(number int)
	link = func(number int) {
		if number == n {
			end <- number
		} else {
			go link(number + 1)
		}
	}
	go link(1)
	return float64(<-end)
}

// Width chains side by side.
func spawnChains(n int, p *Params) float64 {
	end := make(chan int)
	var link func(number int)
	link = func(number int) {
		if number == n/p.Width {
			end <- number
		} else {
			go link(number + 1)
		}
	}
	for i := 0; i < p.Width; i++ {
		go link(1)
	}
	ran := 0
	for i := 0; i < p.Width; i++ {
		ran += <-end
	}
	return float64(ran)
}

func leaf(parent chan int, number, size int) {
	if size == 1 {
		parent <- number
		return
	}
	children := make(chan int)
	part := size / 10
	for i := 0; i < 10; i++ {
		go leaf(children, number+i*part, part)
	}
	sum := 0
	for i := 0; i < 10; i++ {
		sum += <-children
	}
	parent <- sum
}

func skynet(n int, _ *Params) float64 {
	top := make(chan int)
	go leaf(top, 0, n)
	return float64(<-top)
}

func sieve(n int, _ *Params) float64 {
	from := make(chan int)
	go func(to chan int) {
		for i := 2; ; i++ {
			to <- i
		}
	}(from)
	for found := 1; ; found++ {
		prime := <-from
		if found == n {
			return float64(prime)
		}
		to := make(chan int)
		go func(from, to chan int, prime int) {
			for {
				if i := <-from; i%prime != 0 {
					to <- i
				}
			}
		}(from, to, prime)
		from = to
	}
}
