/* The program in the image that the measurements start: answers HTTP/1.1 requests on TCP port $PORT of all
 * addresses, with the five characters $WORD, $DELAY_MS later. With $ONCE set it ends after its first answer.
 * Statically linked, so that what is measured is the platform and not a loader. */
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
  char buffer[4096];
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
        open = read(fds[i].fd, buffer, sizeof(buffer)) > 0;
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
      }
    }
    if ((fds[0].revents & POLLIN) && count < MAX) {
      int client = accept(server, NULL, NULL);
      if (client >= 0) fds[count++] = (struct pollfd){.fd = client, .events = POLLIN};
    }
  }
}
