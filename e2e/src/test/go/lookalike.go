// The program in the look-alikes of the documents' images: their manners, without their sources.
//
//	lookalike hello [FORMAT]   answers each request with FORMAT ("Hello %s!\n"), in which %s is $TARGET or World,
//	                           at $PORT
//	lookalike echo             answers with the request as JSON, at $HTTP_PORT, as mendhak/http-https-echo does
//	lookalike ports PORT...    answers at each port with its number
//
// HTTP/1.1 and, without TLS, HTTP/2. SIGTERM ends it when the requests that it has are answered.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	switch os.Args[1] {
	case "hello":
		format := "Hello %s!\n"
		if len(os.Args) > 2 {
			format = os.Args[2]
		}
		serve(ctx, cmp.Or(os.Getenv("PORT"), "8080"), func(w http.ResponseWriter, r *http.Request) {
			log.Printf("received a request")
			fmt.Fprintf(w, format, cmp.Or(os.Getenv("TARGET"), "World"))
		})
	case "echo":
		serve(ctx, cmp.Or(os.Getenv("HTTP_PORT"), "8080"), echo)
	case "ports":
		var servers sync.WaitGroup
		for _, port := range os.Args[2:] {
			servers.Go(func() {
				serve(ctx, port, func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "port %s\n", port) })
			})
		}
		servers.Wait()
	default:
		log.Fatalf("unknown: %s", os.Args[1])
	}
}

func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		log.Printf("the body: %v", err)
		return
	}
	headers := map[string]string{"host": r.Host}
	for name, values := range r.Header {
		headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	hostname, _ := os.Hostname()
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.Encode(map[string]any{
		"path":     r.URL.Path,
		"method":   r.Method,
		"headers":  headers,
		"body":     string(body),
		"protocol": "http",
		"os":       map[string]string{"hostname": hostname},
	})
}

func serve(ctx context.Context, port string, handler http.HandlerFunc) {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{Addr: ":" + port, Handler: handler, Protocols: &protocols}
	answered := make(chan error, 1)
	go func() {
		<-ctx.Done()
		answered <- server.Shutdown(context.Background())
	}()
	log.Printf("listening on port %s", port)
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		log.Fatal(err)
	}
	<-answered
}
