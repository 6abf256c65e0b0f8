// Command bench is the Go side of every benchmark: `bench <program> <params>`.
//
// It warms the program up with less work, runs the fixed work once and prints one line of JSON, as lib/side.mjs does.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"time"
)

// Params is what a program is told, and where it says what else than its time counts.
type Params struct {
	N       int    `json:"n"`
	Warm    int    `json:"warm"`
	Procs   int    `json:"procs"`
	Cap     int    `json:"cap"`
	Work    int    `json:"work"`
	Batch   int    `json:"batch"`
	Width   int    `json:"width"`
	Ballast int    `json:"ballast"`
	SleepMs int    `json:"sleepMs"`
	Dir     string `json:"dir"`

	// Ns, if a program sets it, is its time without set-up. Bytes is what a program measured that is about memory.
	Ns    int64 `json:"-"`
	Bytes int64 `json:"-"`
}

type program func(n int, p *Params) float64

type line struct {
	Result   float64 `json:"result"`
	Ns       int64   `json:"ns"`
	Bytes    int64   `json:"bytes"`
	RSSBytes int64   `json:"rssBytes"`
	CPUMs    float64 `json:"cpuMs"`
	Cores    float64 `json:"cores"`
	Version  string  `json:"version"`
}

func main() {
	if len(os.Args) != 3 {
		fail("usage: bench <program> <params>")
	}
	var p Params
	if err := json.Unmarshal([]byte(os.Args[2]), &p); err != nil {
		fail(err.Error())
	}
	run, ok := find(os.Args[1])
	if !ok {
		print(map[string]string{"unavailable": "no Go program " + os.Args[1]})
		return
	}
	if p.Warm > 0 {
		warm := p
		run(p.Warm, &warm)
	}
	runtime.GC()
	_, before := usage()
	start := time.Now()
	result := run(p.N, &p)
	ns := time.Since(start).Nanoseconds()
	rss, cpu := usage()
	cores := (cpu - before) * 1e6 / float64(ns)
	if p.Ns > 0 {
		ns = p.Ns
	}
	print(line{result, ns, p.Bytes, rss, cpu, cores, runtime.Version()})
}

func find(name string) (program, bool) {
	for _, topic := range []map[string]program{channels, selects, spawning, memory, timers, threads, whole, growth, aboutRuntime, syncing} {
		if run, ok := topic[name]; ok {
			return run, true
		}
	}
	return nil, false
}

func print(v any) {
	text, err := json.Marshal(v)
	if err != nil {
		fail(err.Error())
	}
	fmt.Println(string(text))
}

func fail(text string) {
	fmt.Fprintln(os.Stderr, "bench: "+text)
	os.Exit(1)
}
