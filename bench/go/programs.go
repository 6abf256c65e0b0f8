package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

var whole = map[string]program{
	"indexing":  indexing,
	"json-pool": jsonPool,
}

func fileName(dir string, i int) string {
	return filepath.Join(dir, fmt.Sprintf("%04d.txt", i))
}

func read(file string) []byte {
	text, err := os.ReadFile(file)
	if err != nil {
		fail(err.Error())
	}
	return text
}

func indexing(n int, p *Params) float64 {
	counts := make(chan int, 16)
	for i := 0; i < n; i++ {
		go func(file string) { counts <- len(strings.Fields(string(read(file)))) }(fileName(p.Dir, i))
	}
	return addUp(counts, n)
}

type order struct {
	Paid  bool `json:"paid"`
	Items []struct {
		Count int `json:"count"`
		Cents int `json:"cents"`
	} `json:"items"`
}

func sumOfOrders(text []byte) int {
	var orders []order
	if err := json.Unmarshal(text, &orders); err != nil {
		fail(err.Error())
	}
	sum := 0
	for _, o := range orders {
		if !o.Paid {
			continue
		}
		for _, item := range o.Items {
			sum += item.Count * item.Cents
		}
	}
	return sum
}

func jsonPool(n int, p *Params) float64 {
	files, sums := make(chan string, 16), make(chan int, 16)
	for i := 0; i < p.Width; i++ {
		go func() {
			for file := range files {
				sums <- sumOfOrders(read(file))
			}
		}()
	}
	go func() {
		for i := 0; i < n; i++ {
			files <- fileName(p.Dir, i)
		}
		close(files)
	}()
	return addUp(sums, n)
}

func addUp(numbers chan int, n int) float64 {
	sum := 0
	for i := 0; i < n; i++ {
		sum += <-numbers
	}
	return float64(sum)
}
