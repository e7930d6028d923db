/* The program in the image that the container measurements start: answers HTTP/1.1 requests on TCP port
 * $PORT of all addresses. With $ONCE set it ends after its first answer.
 * Statically linked, so that what is measured is the platform and not a loader. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static const char ANSWER[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";

#define MAX 256

static void end(int signal) {
  (void)signal;
  _exit(0);
}

int main(void) {
  const char *port = getenv("PORT");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port ? atoi(port) : 8080)};
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  char buffer[4096];
  int one = 1;
  signal(SIGPIPE, SIG_IGN);
  signal(SIGTERM, end); /* the first process of a pid namespace ignores what it does not handle */
  int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
  if (bind(server, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(server, 128) != 0) return 1;
  struct pollfd fds[MAX] = {{.fd = server, .events = POLLIN}};
  nfds_t count = 1;
  for (;;) {
    poll(fds, count, -1);
    for (nfds_t i = count - 1; i > 0; i--) {
      if (fds[i].revents == 0) continue;
      if (read(fds[i].fd, buffer, sizeof(buffer)) > 0 && write(fds[i].fd, ANSWER, sizeof(ANSWER) - 1) > 0) {
        if (getenv("ONCE")) return 0;
      } else {
        close(fds[i].fd);
        fds[i] = fds[--count];
      }
    }
    if ((fds[0].revents & POLLIN) && count < MAX) {
      int client = accept(server, NULL, NULL);
      if (client >= 0) fds[count++] = (struct pollfd){.fd = client, .events = POLLIN};
    }
  }
}
