package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// Behaves at the wire as OpenFaaS's watchdogs do, at port 8080: each request starts $fprocess, with the body as its
// input, at most $max_inflight at once (else 429) and for $exec_timeout or the header X-Timeout, whichever is less
// (else 408); /_/health and /_/ready. SIGTERM: not healthy any more, and after $healthcheck_interval it ends when
// the requests that it has are answered.
type watchdog struct {
	inFlight atomic.Int64
	ending   atomic.Bool
}

func watch(ctx context.Context) {
	w := new(watchdog)
	ended, end := context.WithCancel(context.Background())
	go func() {
		<-ctx.Done()
		log.Printf("SIGTERM: not healthy any more")
		w.ending.Store(true)
		time.Sleep(limit("healthcheck_interval", 0))
		end()
	}()
	serve(ended, "8080", w.answer)
	log.Printf("ended, with %d requests", w.inFlight.Load())
}

func (w *watchdog) answer(out http.ResponseWriter, r *http.Request) {
	most, _ := strconv.ParseInt(os.Getenv("max_inflight"), 10, 64)
	switch {
	case strings.HasPrefix(r.URL.Path, "/_/") && w.ending.Load():
		out.WriteHeader(http.StatusServiceUnavailable)
		return
	case r.URL.Path == "/_/health":
		return
	case r.URL.Path == "/_/ready":
		if most > 0 && w.inFlight.Load() >= most {
			out.WriteHeader(http.StatusTooManyRequests)
		}
		return
	}
	if now := w.inFlight.Add(1); most > 0 && now > most {
		w.inFlight.Add(-1)
		http.Error(out, "more than max_inflight", http.StatusTooManyRequests)
		return
	}
	defer w.inFlight.Add(-1)
	w.fork(out, r)
}

func (w *watchdog) fork(out http.ResponseWriter, r *http.Request) {
	timeout := limit("exec_timeout", time.Minute)
	if asked, err := time.ParseDuration(r.Header.Get("X-Timeout")); err == nil {
		timeout = min(timeout, asked)
	}
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	defer cancel()
	words := strings.Fields(os.Getenv("fprocess"))
	process := exec.CommandContext(ctx, words[0], words[1:]...)
	process.Stdin = r.Body
	process.Env = append(os.Environ(), "Http_Method="+r.Method, "Http_Path="+r.URL.Path, "Http_Query="+r.URL.RawQuery)
	answer, err := process.Output()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		http.Error(out, "killed after "+timeout.String(), http.StatusRequestTimeout)
	case err != nil:
		http.Error(out, err.Error(), http.StatusInternalServerError)
	default:
		out.Write(answer)
	}
}

func limit(name string, otherwise time.Duration) time.Duration {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	if _, err := strconv.Atoi(text); err == nil {
		text += "s"
	}
	return duration(text)
}

// A function's process: its input is one of "cat FILE", "env NAME", "sleep TIME", else it is answered with.
func function() {
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	word, rest, _ := strings.Cut(string(bytes.TrimSpace(input)), " ")
	switch word {
	case "cat":
		file, err := os.ReadFile(rest)
		if err != nil {
			log.Fatal(err)
		}
		os.Stdout.Write(file)
	case "env":
		fmt.Print(os.Getenv(rest))
	case "sleep":
		time.Sleep(duration(rest))
	default:
		os.Stdout.Write(input)
	}
}
