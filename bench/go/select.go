package main

import "time"

var selects = map[string]program{
	"select-blocking":        selectBlocking,
	"select-ready":           selectReady,
	"select-uncontended":     selectUncontended,
	"select-sync-contended":  selectSyncContended,
	"select-async-contended": selectAsyncContended,
	"select-nonblock":        selectNonblock,
	"select-prod-cons":       selectProdCons,
	"chan-popular":           chanPopular,
}

func selectBlocking(n int, _ *Params) float64 {
	a, b := make(chan int), make(chan int)
	go func() {
		for i := 0; i < n; i += 2 {
			a <- 1
			b <- 1
		}
	}()
	sum := 0
	for i := 0; i < n; i++ {
		select {
		case v := <-a:
			sum += v
		case v := <-b:
			sum += v
		}
	}
	return float64(sum)
}

func selectReady(n int, _ *Params) float64 {
	a, b := make(chan int, 1), make(chan int, 1)
	a <- 1
	b <- 1
	sum := 0
	for i := 0; i < n; i++ {
		select {
		case v := <-a:
			sum += v
			a <- 1
		case v := <-b:
			sum += v
			b <- 1
		}
	}
	return float64(sum)
}

func moveValues(a, b chan int, n int) int {
	sum := 0
	for i := 0; i < n; i++ {
		select {
		case v := <-a:
			sum += v
			b <- 1
		case v := <-b:
			sum += v
			a <- 1
		}
	}
	return sum
}

func selectUncontended(n int, _ *Params) float64 {
	a, b := make(chan int, 1), make(chan int, 1)
	a <- 1
	return float64(moveValues(a, b, n))
}

func selectAsyncContended(n int, _ *Params) float64 {
	a, b := make(chan int, 4), make(chan int, 4)
	sums := make(chan int)
	for i := 0; i < 4; i++ {
		go func() {
			a <- 1
			sums <- moveValues(a, b, n/4)
		}()
	}
	sum := 0
	for i := 0; i < 4; i++ {
		sum += <-sums
	}
	return float64(sum)
}

func selectSyncContended(n int, _ *Params) float64 {
	a, b, c := make(chan int), make(chan int), make(chan int)
	done, gone := make(chan bool), make(chan bool)
	go func() {
		defer close(gone)
		for {
			select {
			case a <- 1:
			case b <- 1:
			case c <- 1:
			case <-done:
				return
			}
		}
	}()
	sum := 0
	for i := 0; i < n; i++ {
		select {
		case v := <-a:
			sum += v
		case v := <-b:
			sum += v
		case v := <-c:
			sum += v
		}
	}
	close(done)
	<-gone
	return float64(sum)
}

func selectNonblock(n int, _ *Params) float64 {
	sync, buffered := make(chan int), make(chan int, 1)
	done := 0
	for i := 0; i < n; i++ {
		select {
		case <-sync:
			done++
		default:
		}
		select {
		case sync <- 1:
			done++
		default:
		}
		select {
		case <-buffered:
			done++
		default:
		}
		select {
		case buffered <- 1:
			done++
		default:
		}
	}
	return float64(done)
}

func selectProdCons(n int, _ *Params) float64 {
	items := make(chan int, 128)
	closed := make(chan bool)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	spent := 0
	go func() {
		for i := 0; i < n; i++ {
			select {
			case items <- 1:
			case <-timer.C:
			case <-closed:
			}
			spent += work(100)
		}
		items <- 0
	}()
	sum := 0
	for {
		item := 0
		select {
		case item = <-items:
		case <-timer.C:
		case <-closed:
		}
		if item == 0 {
			break
		}
		sum += item
		spent += work(100)
	}
	if spent == 0 {
		return -1
	}
	return float64(sum)
}

const popular = 1000

func chanPopular(n int, _ *Params) float64 {
	quiet := make(chan int)
	done := make(chan int, popular)
	own := make([]chan int, popular)
	wakes := n / popular
	for i := range own {
		c := make(chan int)
		own[i] = c
		go func() {
			sum := 0
			for i := 0; i < wakes; i++ {
				select {
				case v := <-quiet:
					sum += v
				case v := <-c:
					sum += v
				}
			}
			done <- sum
		}()
	}
	for i := 0; i < wakes; i++ {
		for _, c := range own {
			c <- 1
		}
	}
	sum := 0
	for range own {
		sum += <-done
	}
	return float64(sum)
}
