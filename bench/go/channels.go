package main

import "time"

var channels = map[string]program{
	"chan-ping":         chanPing,
	"prod-cons":         prodCons,
	"chan-make":         chanMake,
	"chan-creation":     chanCreation,
	"chan-nonblocking":  chanNonblocking,
	"chan-closed":       chanClosed,
	"chan-uncontended":  chanUncontended,
	"chan-contended":    chanContended,
	"chan-sync":         chanSync,
	"chan-closed-range": chanClosedRange,
	"chan-sem":          chanSem,
	"thread-ring":       threadRing,
}

func chanPing(n int, _ *Params) float64 {
	there, back := make(chan int), make(chan int)
	go func() {
		for i := 0; i < n; i++ {
			back <- <-there
		}
	}()
	sum := 0
	for i := 0; i < n; i++ {
		there <- 1
		sum += <-back
	}
	return float64(sum)
}

func prodCons(n int, p *Params) float64 {
	items := make(chan int, p.Cap)
	made := 0
	go func() {
		for i := 0; i < n; i++ {
			made += work(p.Work) >> 10
			items <- 1
		}
		items <- 0
	}()
	sum := 0
	for {
		item := <-items
		if item == 0 {
			return float64(sum + made)
		}
		sum += item + work(p.Work)
	}
}

var kept chan int

func chanMake(n int, _ *Params) float64 {
	sum := 0
	for i := 0; i < n; i++ {
		kept = make(chan int, 8)
		sum += cap(kept)
	}
	return float64(sum)
}

func chanCreation(n int, _ *Params) float64 {
	sum := 0
	for i := 0; i < n; i++ {
		c := make(chan int, 1)
		c <- 1
		sum += <-c
	}
	return float64(sum)
}

func tryAll(c chan int, n int) float64 {
	got := 0
	for i := 0; i < n; i++ {
		select {
		case <-c:
			got++
		default:
		}
	}
	return float64(got)
}

func chanNonblocking(n int, _ *Params) float64 { return tryAll(make(chan int), n) }

func chanClosed(n int, _ *Params) float64 {
	c := make(chan int)
	close(c)
	return tryAll(c, n)
}

func fillAndDrain(c chan int, batches int) int {
	sum := 0
	for i := 0; i < batches; i++ {
		for j := 0; j < 100; j++ {
			c <- 1
		}
		for j := 0; j < 100; j++ {
			sum += <-c
		}
	}
	return sum
}

func chanUncontended(n int, _ *Params) float64 {
	return float64(fillAndDrain(make(chan int, 100), n/100))
}

func chanContended(n int, _ *Params) float64 {
	c := make(chan int, 400)
	sums := make(chan int)
	for i := 0; i < 4; i++ {
		go func() { sums <- fillAndDrain(c, n/400) }()
	}
	sum := 0
	for i := 0; i < 4; i++ {
		sum += <-sums
	}
	return float64(sum)
}

func chanSync(n int, p *Params) float64 {
	c := make(chan int)
	other := make(chan int)
	go func() {
		sum := 0
		for i := 0; i < n/2; i++ {
			sum += <-c + work(p.Work)
			c <- 1
			sum += work(p.Work)
		}
		other <- sum
	}()
	sum := 0
	for i := 0; i < n/2; i++ {
		c <- 1
		sum += work(p.Work)
		sum += <-c + work(p.Work)
	}
	return float64(sum + <-other)
}

func chanClosedRange(n int, p *Params) float64 {
	c := make(chan int, n)
	for i := 0; i < n; i++ {
		c <- i
	}
	close(c)
	sum := 0
	start := time.Now()
	for value := range c {
		sum += value
	}
	p.Ns = time.Since(start).Nanoseconds()
	return float64(sum)
}

func chanSem(n int, _ *Params) float64 {
	slots := make(chan int, 1)
	sums := make(chan int)
	for i := 0; i < 4; i++ {
		go func() {
			used := 0
			for i := 0; i < n/4; i++ {
				slots <- 1
				used += <-slots
			}
			sums <- used
		}()
	}
	sum := 0
	for i := 0; i < 4; i++ {
		sum += <-sums
	}
	return float64(sum)
}

const ring = 503

func threadRing(n int, _ *Params) float64 {
	links := make([]chan int, ring)
	for i := range links {
		links[i] = make(chan int)
	}
	end := make(chan int)
	node := func(number int, from, to chan int) {
		for {
			left := <-from
			if left == 0 {
				end <- number
				return
			}
			to <- left - 1
		}
	}
	for i := range links {
		go node(i+1, links[i], links[(i+1)%ring])
	}
	links[0] <- n
	return float64(<-end)
}
