// Go's side of the benchmarks; the words on the command line are those of args.rs.
package main

import (
	"context"
	"fmt"
	"io"
	"math/rand"
	"net"
	"net/http"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

const (
	far     = 5 * time.Second
	message = 64
)

// A job prints a value for each metric of its workload.
var jobs = map[string]func(n int) ([]float64, error){
	"spawn":               timed(spawnEach),
	"spawn-batch":         timed(spawnBatches),
	"yield-2":             timed(func(n int) { yields(2, n) }),
	"yield-1000":          timed(func(n int) { yields(1000, n) }),
	"ping-pong":           timed(pingPong),
	"stream":              timed(stream),
	"pool":                timed(pool),
	"semaphore":           timed(semaphore),
	"semaphore-contended": timed(semaphoreContended),
	"sleepers":            sleepers,
	"million":             sleepers,
	"timeout-ready":       timed(timeoutReady),
	"timeout-yield":       timed(timeoutYield),
	"sleeps":              sleeps,
}

var servers = map[string]func(net.Listener) error{
	"echo":    func(l net.Listener) error { return serve(l, echo) },
	"http":    serveHello,
	"json":    serveJSON,
	"connect": func(l net.Listener) error { return serve(l, once) },
}

func main() {
	if err := obey(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func obey(words []string) error {
	switch {
	case len(words) == 1 && words[0] == "about":
		fmt.Println(strings.Replace(runtime.Version(), "go", "Go ", 1))
		for name := range jobs {
			fmt.Print(name, " ")
		}
		for name := range servers {
			fmt.Print(name, " ")
		}
		fmt.Println()
		return nil
	case len(words) == 3 && words[0] == "job" && jobs[words[1]] != nil:
		n, err := strconv.Atoi(words[2])
		if err != nil {
			return err
		}
		values, err := jobs[words[1]](n)
		if err != nil {
			return err
		}
		fmt.Println(strings.Trim(fmt.Sprint(values), "[]"))
		return nil
	case len(words) == 2 && words[0] == "server" && servers[words[1]] != nil:
		go exitWithParent()
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		fmt.Println(listener.Addr().(*net.TCPAddr).Port)
		return servers[words[1]](listener)
	}
	return fmt.Errorf("about, job NAME OPERATIONS, or server NAME")
}

func exitWithParent() {
	io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// cpuTime is what this process has used so far, in all its threads.
func cpuTime() time.Duration {
	const processCPU = 2
	var t syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, processCPU, uintptr(unsafe.Pointer(&t)), 0)
	return time.Duration(t.Nano())
}

func per(d time.Duration, n int) float64 {
	return float64(d.Nanoseconds()) / float64(n)
}

// timed gives nanoseconds of CPU time for an operation, after a tenth of them as warm-up.
func timed(body func(n int)) func(n int) ([]float64, error) {
	return func(n int) ([]float64, error) {
		body(n / 10)
		begin := cpuTime()
		body(n)
		return []float64{per(cpuTime()-begin, n)}, nil
	}
}

var sink int

func spawnEach(n int) {
	result := make(chan int)
	for i := 0; i < n; i++ {
		go func(i int) { result <- i }(i)
		sink += <-result
	}
}

func spawnBatches(n int) {
	const batch = 1000
	results := make([]int, batch)
	var group sync.WaitGroup
	for b := 0; b < n/batch; b++ {
		group.Add(batch)
		for i := 0; i < batch; i++ {
			go func(i int) {
				results[i] = i
				group.Done()
			}(i)
		}
		group.Wait()
		for _, result := range results {
			sink += result
		}
	}
}

func yields(goroutines, n int) {
	var group sync.WaitGroup
	group.Add(goroutines)
	for g := 0; g < goroutines; g++ {
		go func() {
			for i := 0; i < n/goroutines; i++ {
				runtime.Gosched()
			}
			group.Done()
		}()
	}
	group.Wait()
}

func pingPong(n int) {
	there, back := make(chan int, 1), make(chan int, 1)
	var group sync.WaitGroup
	group.Add(2)
	go func() {
		for i := 0; i < n; i++ {
			there <- i
			if <-back != i {
				panic("another one came back")
			}
		}
		group.Done()
	}()
	go func() {
		for i := 0; i < n; i++ {
			back <- <-there
		}
		group.Done()
	}()
	group.Wait()
}

func stream(n int) {
	items := make(chan int, 1000)
	var group sync.WaitGroup
	group.Add(2)
	go func() {
		for i := 0; i < n; i++ {
			items <- i
		}
		group.Done()
	}()
	go func() {
		for i := 0; i < n; i++ {
			if <-items != i {
				panic("out of order")
			}
		}
		group.Done()
	}()
	group.Wait()
}

// A channel of capacity one is Go's semaphore.
func semaphore(n int) {
	permits := make(chan struct{}, 1)
	for i := 0; i < n; i++ {
		permits <- struct{}{}
		<-permits
	}
}

func pool(n int) {
	permits := make(chan struct{}, 100)
	var group sync.WaitGroup
	group.Add(n)
	for i := 0; i < n; i++ {
		permits <- struct{}{}
		go func() {
			<-permits
			group.Done()
		}()
	}
	group.Wait()
}

func semaphoreContended(n int) {
	const goroutines = 10
	permits := make(chan struct{}, 1)
	var group sync.WaitGroup
	group.Add(goroutines)
	for g := 0; g < goroutines; g++ {
		go func() {
			for i := 0; i < n/goroutines; i++ {
				permits <- struct{}{}
				runtime.Gosched()
				<-permits
			}
			group.Done()
		}()
	}
	group.Wait()
}

func timeoutReady(n int) {
	ready := make(chan int, 1)
	for i := 0; i < n; i++ {
		ready <- i
		ctx, cancel := context.WithTimeout(context.Background(), far)
		select {
		case v := <-ready:
			sink += v
		case <-ctx.Done():
			panic("it is ready")
		}
		cancel()
	}
}

func timeoutYield(n int) {
	for i := 0; i < n; i++ {
		ctx, cancel := context.WithTimeout(context.Background(), far)
		done := make(chan struct{}, 1)
		go func() {
			runtime.Gosched()
			done <- struct{}{}
		}()
		select {
		case <-done:
		case <-ctx.Done():
			panic("a yield is short")
		}
		cancel()
	}
}

func residentBytes() (float64, error) {
	var size, resident int
	text, err := os.ReadFile("/proc/self/statm")
	if err == nil {
		_, err = fmt.Sscan(string(text), &size, &resident)
	}
	return float64(resident * os.Getpagesize()), err
}

// sleepers gives bytes, nanoseconds until asleep, and nanoseconds from there to the end, for each.
func sleepers(n int) ([]float64, error) {
	os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0)
	before, err := residentBytes()
	if err != nil {
		return nil, err
	}
	begin := cpuTime()
	deadline := time.Now().Add(time.Duration(1000+n/12) * time.Millisecond)
	var nAsleep int64
	var group sync.WaitGroup
	group.Add(n)
	for i := 0; i < n; i++ {
		go func() {
			atomic.AddInt64(&nAsleep, 1)
			time.Sleep(time.Until(deadline))
			group.Done()
		}()
	}
	for atomic.LoadInt64(&nAsleep) < int64(n) {
		runtime.Gosched()
	}
	after, err := residentBytes()
	middle := cpuTime()
	if err == nil && time.Now().After(deadline) {
		err = fmt.Errorf("the first were to wake before the last were asleep")
	}
	group.Wait()
	end := cpuTime()
	return []float64{(after - before) / float64(n), per(middle-begin, n), per(end-middle, n)}, err
}

// sleeps gives milliseconds of CPU time for all, and the median and the 99th percentile of how
// late they were, in microseconds.
func sleeps(n int) ([]float64, error) {
	durations := make([]time.Duration, n)
	for i := range durations {
		durations[i] = time.Duration(rand.Int63n(int64(time.Second)))
	}
	begin := cpuTime()
	late := make([]time.Duration, n)
	var group sync.WaitGroup
	group.Add(n)
	for i, d := range durations {
		go func(i int, d time.Duration) {
			begin := time.Now()
			time.Sleep(d)
			late[i] = time.Since(begin) - d
			group.Done()
		}(i, d)
	}
	group.Wait()
	cpu := cpuTime() - begin
	sort.Slice(late, func(a, b int) bool { return late[a] < late[b] })
	micros := func(percent int) float64 { return float64(late[n*percent/100].Nanoseconds()) / 1e3 }
	return []float64{float64(cpu.Nanoseconds()) / 1e6, micros(50), micros(99)}, nil
}

// serve starts a goroutine per connection. Go sets TCP_NODELAY itself.
func serve(listener net.Listener, handler func(net.Conn)) error {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			handler(conn)
		}()
	}
}

func echo(conn net.Conn) {
	buffer := make([]byte, 16*message)
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		if _, err := conn.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func once(conn net.Conn) {
	buffer := make([]byte, message)
	if _, err := io.ReadFull(conn, buffer); err == nil {
		conn.Write(buffer)
	}
}

func serveHello(listener net.Listener) error {
	body := []byte("Hello, World!")
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.Write(body)
	}))
}

// serveJSON answers with a copy each time, as of something just made.
func serveJSON(listener net.Listener) error {
	page := `{"data":"` + strings.Repeat("x", 1013) + `"}`
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(page))
	}))
}
