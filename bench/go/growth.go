package main

import "reflect"

var growth = map[string]program{"select-width": selectWidth}

// selectWidth selects among as many channels as is known at run time only, which in Go takes reflection.
func selectWidth(n int, p *Params) float64 {
	cs := make([]chan int, p.Width)
	cases := make([]reflect.SelectCase, p.Width)
	for i := range cs {
		cs[i] = make(chan int)
		cases[i] = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(cs[i])}
	}
	go func() {
		for i := 0; i < n; i++ {
			cs[i%len(cs)] <- 1
		}
	}()
	sum := 0
	for i := 0; i < n; i++ {
		_, v, _ := reflect.Select(cases)
		sum += int(v.Int())
	}
	return float64(sum)
}
