/* The program in the image that the measurements start: answers HTTP/1.1 requests on TCP port $PORT of all
 * addresses, with the five characters $WORD, $DELAY_MS later. With $ONCE set it ends after its first answer.
 * A request's header must come in one piece, as Ebb's gateway sends it; its body, if it has a length, may come in many.
 * Statically linked, so that what is measured is the platform and not a loader. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char answer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";

#define MAX 256
#define LENGTH (sizeof(answer) - 1)

static long long now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

/* How much of a request's body is yet to come after this piece; 0 when the request is whole. */
static long body_left(const char *piece, long count, long left) {
  if (left > 0) return left > count ? left - count : 0;
  const char *end = memmem(piece, count, "\r\n\r\n", 4);
  const char *length = strcasestr(piece, "\r\ncontent-length:");
  if (!end || !length || length > end) return 0;
  long rest = atol(length + 17) - (count - (end + 4 - piece));
  return rest > 0 ? rest : 0;
}

static void end(int signal) {
  (void)signal;
  _exit(0);
}

int main(void) {
  const char *port = getenv("PORT");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port ? atoi(port) : 8080)};
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  const char *word = getenv("WORD");
  const char *late = getenv("DELAY_MS");
  int delay = late ? atoi(late) : 0;
  long long due[MAX] = {0}; /* when to answer; 0 for nothing to answer */
  long left[MAX] = {0};     /* of the body that is being read */
  static char buffer[65536 + 1];
  int one = 1;
  if (word && strlen(word) == 5) memcpy(answer + LENGTH - 5, word, 5);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGTERM, end); /* the first process of a pid namespace ignores what it does not handle */
  int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
  if (bind(server, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(server, 128) != 0) return 1;
  struct pollfd fds[MAX] = {{.fd = server, .events = POLLIN}};
  nfds_t count = 1;
  for (;;) {
    int wait = -1;
    for (nfds_t i = 1; delay && i < count; i++) {
      long long left = due[i] ? due[i] - now_ms() : -1;
      if (due[i] && (wait < 0 || left < wait)) wait = left < 0 ? 0 : (int)left;
    }
    poll(fds, count, wait);
    for (nfds_t i = count - 1; i > 0; i--) {
      int open = 1;
      if (due[i] && due[i] <= now_ms()) {
        due[i] = 0;
        open = write(fds[i].fd, answer, LENGTH) > 0;
      }
      if (open && fds[i].revents != 0) {
        long got = read(fds[i].fd, buffer, sizeof(buffer) - 1);
        open = got > 0;
        if (open) {
          buffer[got] = 0;
          left[i] = body_left(buffer, got, left[i]);
        }
        if (open && left[i] > 0) continue;
        if (open && delay) {
          due[i] = now_ms() + delay;
        } else if (open) {
          open = write(fds[i].fd, answer, LENGTH) > 0;
          if (open && getenv("ONCE")) return 0;
        }
      }
      if (!open) {
        close(fds[i].fd);
        fds[i] = fds[--count];
        due[i] = due[count];
        due[count] = 0;
        left[i] = left[count];
        left[count] = 0;
      }
    }
    if ((fds[0].revents & POLLIN) && count < MAX) {
      int client = accept(server, NULL, NULL);
      if (client >= 0) fds[count++] = (struct pollfd){.fd = client, .events = POLLIN};
    }
  }
}
