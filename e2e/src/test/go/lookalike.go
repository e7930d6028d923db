// The program in the look-alikes of the documents' images: their manners, without their sources.
//
//	lookalike hello [FORMAT [DELAY]]
//	                           answers each request with FORMAT ("Hello %s!\n"), in which %s is $TARGET or World,
//	                           at $PORT, after DELAY (0s)
//	lookalike echo             answers with the request as JSON, at $HTTP_PORT, and WebSockets with what they
//	                           say (frames of up to 125 bytes), as mendhak/http-https-echo does
//	lookalike ports PORT...    answers at each port with its number
//	lookalike count            answers at $PORT with "REVISION HOSTNAME HIGHEST HTTP/N\n" and the request's body, after
//	                           ?delay=20ms, then ?pieces=N "piece\n" each ?every=100ms: HIGHEST is how many
//	                           requests of the same ?epoch=N it ever had at once
//	lookalike watchdog         answers at port 8080 as OpenFaaS's watchdogs do (watchdog.go)
//	lookalike function         the process of a function: watchdog.go
//
// $KEEP_ALIVE (0s, for ever) is how long a connection may be without a request.
// HTTP/1.1 and, without TLS, HTTP/2. SIGTERM ends it when the requests that it has are answered.
package main

import (
	"cmp"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
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
		var delay time.Duration
		if len(os.Args) > 3 {
			delay = duration(os.Args[3])
		}
		serve(ctx, cmp.Or(os.Getenv("PORT"), "8080"), func(w http.ResponseWriter, r *http.Request) {
			log.Printf("received a request")
			time.Sleep(delay)
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
	case "count":
		serve(ctx, cmp.Or(os.Getenv("PORT"), "8080"), new(counter).answer)
	case "watchdog":
		watch(ctx)
	case "function":
		function()
	default:
		log.Fatalf("unknown: %s", os.Args[1])
	}
}

func duration(text string) time.Duration {
	parsed, err := time.ParseDuration(text)
	if err != nil {
		log.Fatal(err)
	}
	return parsed
}

// Epochs divide what requests of different callers have to do with each other.
type counter struct {
	mutex             sync.Mutex
	inFlight, highest map[string]int
}

func (c *counter) answer(w http.ResponseWriter, r *http.Request) {
	epoch := r.URL.Query().Get("epoch")
	c.mutex.Lock()
	if c.inFlight == nil {
		c.inFlight, c.highest = map[string]int{}, map[string]int{}
	}
	c.inFlight[epoch]++
	c.highest[epoch] = max(c.highest[epoch], c.inFlight[epoch])
	highest := c.highest[epoch]
	c.mutex.Unlock()
	body, err := io.ReadAll(r.Body)
	time.Sleep(duration(cmp.Or(r.URL.Query().Get("delay"), "0s")))
	c.mutex.Lock()
	c.inFlight[epoch]--
	c.mutex.Unlock()
	if err != nil {
		return
	}
	hostname, _ := os.Hostname()
	fmt.Fprintf(w, "%s %s %d %s\n%s", os.Getenv("K_REVISION"), hostname, highest, r.Proto, body)
	pieces, _ := strconv.Atoi(r.URL.Query().Get("pieces"))
	for range pieces {
		http.NewResponseController(w).Flush()
		time.Sleep(duration(r.URL.Query().Get("every")))
		fmt.Fprintln(w, "piece")
	}
}

func echo(w http.ResponseWriter, r *http.Request) {
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		webSocket(w, r)
		return
	}
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

// RFC 6455: the handshake, then each frame goes back without its mask.
func webSocket(w http.ResponseWriter, r *http.Request) {
	hash := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	connection, stream, err := http.NewResponseController(w).Hijack()
	if err != nil {
		log.Printf("no WebSocket: %v", err)
		return
	}
	defer connection.Close()
	fmt.Fprintf(stream, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(hash[:]))
	for stream.Flush() == nil {
		head := make([]byte, 6)
		if _, err := io.ReadFull(stream, head); err != nil {
			return
		}
		payload := make([]byte, head[1]&0x7f)
		if _, err := io.ReadFull(stream, payload); err != nil {
			return
		}
		for i := range payload {
			payload[i] ^= head[2+i%4]
		}
		stream.Write(append([]byte{head[0], byte(len(payload))}, payload...))
	}
}

func serve(ctx context.Context, port string, handler http.HandlerFunc) {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := &http.Server{
		Addr:        ":" + port,
		Handler:     handler,
		Protocols:   &protocols,
		IdleTimeout: duration(cmp.Or(os.Getenv("KEEP_ALIVE"), "0s")),
	}
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
