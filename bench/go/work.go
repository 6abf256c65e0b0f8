package main

// work does rounds of integer arithmetic that the compiler cannot leave out; lib/work.mjs is the same.
//
//go:noinline
func work(rounds int) int {
	x := rounds
	for i := 0; i < rounds; i++ {
		x = (x*5 + 1) & 1023
	}
	return x
}
