/* The tiny native backend of the measurements: answers every HTTP/1.1 request with the same few bytes,
 * keep-alive, over one unix socket or one TCP port of 127.0.0.1, with one epoll loop.
 * usage: backend unix PATH | backend tcp PORT */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char ANSWER[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!";

/* Counts the ends of request heads; `state` carries a partial "\r\n\r\n" over reads. */
static int heads(const char *bytes, ssize_t length, int *state) {
  static const char END[] = "\r\n\r\n";
  int count = 0;
  for (ssize_t i = 0; i < length; i++) {
    if (bytes[i] == END[*state]) {
      if (++*state == 4) {
        count++;
        *state = 0;
      }
    } else {
      *state = bytes[i] == '\r' ? 1 : 0;
    }
  }
  return count;
}

static int listen_on(const char *kind, const char *where) {
  int fd;
  if (strcmp(kind, "unix") == 0) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, where, sizeof(address.sun_path) - 1);
    unlink(where);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0) return -1;
  } else {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(where))};
    int one = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0) return -1;
  }
  return listen(fd, 4096) == 0 ? fd : -1;
}

int main(int argc, char **argv) {
  static int states[65536];
  static char buffer[65536];
  if (argc != 3) return 2;
  signal(SIGPIPE, SIG_IGN); /* a proxy that leaves an exchange must not end the backend */
  int server = listen_on(argv[1], argv[2]);
  if (server < 0) {
    perror("backend");
    return 1;
  }
  int poll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = server}, events[512];
  epoll_ctl(poll, EPOLL_CTL_ADD, server, &event);
  for (;;) {
    int ready = epoll_wait(poll, events, 512, -1);
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (fd == server) {
        int client = accept4(server, NULL, NULL, SOCK_NONBLOCK);
        if (client < 0) continue;
        if (client >= 65536) {
          close(client);
          continue;
        }
        int one = 1;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        states[client] = 0;
        event = (struct epoll_event){.events = EPOLLIN, .data.fd = client};
        epoll_ctl(poll, EPOLL_CTL_ADD, client, &event);
        continue;
      }
      ssize_t length = read(fd, buffer, sizeof(buffer));
      if (length <= 0) {
        if (length < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        close(fd);
        continue;
      }
      for (int count = heads(buffer, length, &states[fd]); count > 0; count--) {
        if (write(fd, ANSWER, sizeof(ANSWER) - 1) != (ssize_t)(sizeof(ANSWER) - 1)) {
          close(fd);
          break;
        }
      }
    }
  }
}
