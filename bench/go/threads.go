package main

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

var threads = map[string]program{
	"portable-joined": portableJoined,
	"shared-chan":     sharedChan,
	"cpu-bound":       cpuBound,
	"sleep-and-cpu":   sleepAndCPU,
	"matmult":         matmult,

	"threads-ping":        threadsPing,
	"threads-ping-locked": threadsPingLocked,
	"threads-ring":        threadsRing,
}

func threadsPing(n int, _ *Params) float64 {
	return pingOver(n, func() {})
}

// threadsPingLocked keeps each of the two on an OS thread of its own.
func threadsPingLocked(n int, _ *Params) float64 {
	return pingOver(n, runtime.LockOSThread)
}

func pingOver(n int, first func()) float64 {
	there := make(chan int)
	back := make(chan int)
	go func() {
		first()
		for v := range there {
			back <- v
		}
	}()
	result := make(chan int)
	go func() {
		first()
		sum := 0
		for i := 0; i < n; i++ {
			there <- 1
			sum += <-back
		}
		close(there)
		result <- sum
	}()
	return float64(<-result)
}

func threadsRing(n int, p *Params) float64 {
	links := make([]chan int, p.Width)
	for i := range links {
		links[i] = make(chan int)
	}
	end := make(chan int, 1)
	for i := range links {
		go func(place int, from, to chan int) {
			for v := range from {
				if v == 0 {
					end <- place
				} else {
					to <- v - 1
				}
			}
		}(i+1, links[i], links[(i+1)%len(links)])
	}
	links[0] <- n
	place := <-end
	for _, link := range links {
		close(link)
	}
	return float64(place)
}

func portableJoined(n int, _ *Params) float64 {
	var wg sync.WaitGroup
	var sum atomic.Int64
	wg.Add(n)
	for i := 0; i < n; i++ {
		go func() {
			sum.Add(1)
			wg.Done()
		}()
	}
	wg.Wait()
	return float64(sum.Load())
}

func sharedChan(n int, p *Params) float64 {
	values := make(chan int, p.Cap)
	sums := make(chan int, 1)
	go func() {
		sum := 0
		for v := range values {
			sum += v
		}
		sums <- sum
	}()
	for i := 0; i < n; i++ {
		values <- 1
	}
	close(values)
	return float64(<-sums)
}

func cpuBound(n int, p *Params) float64 {
	results := make(chan int, n)
	for i := 0; i < n; i++ {
		go func() { results <- work(p.Work) }()
	}
	sum := 0
	for i := 0; i < n; i++ {
		sum += <-results
	}
	return float64(sum)
}

func sleepAndCPU(n int, p *Params) float64 {
	results := make(chan int, n)
	for i := 0; i < n; i++ {
		go func() {
			sum := 0
			for turn := 0; turn < p.Batch; turn++ {
				time.Sleep(time.Duration(p.SleepMs) * time.Millisecond)
				sum += work(p.Work)
			}
			results <- sum
		}()
	}
	sum := 0
	for i := 0; i < n; i++ {
		sum += <-results
	}
	return float64(sum)
}

// matrices holds A, B and C = A B, each n by n.
type matrices struct {
	n, grain int
	a, b, c  []float64
}

func matmult(n int, p *Params) float64 {
	m := &matrices{n, p.Work, make([]float64, n*n), make([]float64, n*n), make([]float64, n*n)}
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			m.a[i*n+j] = float64((i + j) % 4)
			m.b[i*n+j] = float64((i + 2*j) % 3)
		}
	}
	m.multiply(0, n, 0, n)
	sum := 0.0
	for _, v := range m.c {
		sum += v
	}
	return sum
}

func (m *matrices) multiply(i0, i1, j0, j1 int) {
	rows, columns := i1-i0, j1-j0
	if rows <= m.grain && columns <= m.grain {
		m.block(i0, i1, j0, j1)
		return
	}
	done := make(chan bool, 1)
	if rows >= columns {
		mid := i0 + rows/2
		go func() {
			m.multiply(mid, i1, j0, j1)
			done <- true
		}()
		m.multiply(i0, mid, j0, j1)
	} else {
		mid := j0 + columns/2
		go func() {
			m.multiply(i0, i1, mid, j1)
			done <- true
		}()
		m.multiply(i0, i1, j0, mid)
	}
	<-done
}

func (m *matrices) block(i0, i1, j0, j1 int) {
	n := m.n
	for i := i0; i < i1; i++ {
		for k := 0; k < n; k++ {
			aik := m.a[i*n+k]
			for j := j0; j < j1; j++ {
				m.c[i*n+j] += aik * m.b[k*n+j]
			}
		}
	}
}
