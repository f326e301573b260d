/*
 * UDP for a media thread: many sockets, read in one pass, each with one far end that it hears; and a timer that keeps
 * absolute deadlines to a fraction of a millisecond. What Node's own dgram and setTimeout do, with less work a packet. And
 * a place before the machine's other work.
 * Linux only. src/externalmedia/native-io.ts is its only user, and tells in types what each function takes.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <node_api.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

/* Of one socket in one pass: a flood at one must not keep the others waiting. At 200 passes a second, 100,000 packets. */
#define MAX_DATAGRAMS_PER_PASS 512
/* Read at once from one socket; where fewer slots are free, a pass ends. */
#define BATCH 32
/* Mostly one packet waits, sometimes two: so many are asked for first. */
#define FIRST_BATCH 2
#define EVENTS 1024
/* Room in the kernel for about a second of packets while the thread is busy. */
#define RECEIVE_BUFFER_BYTES (256 * 1024)
/* One frame: whoever sets the timer for later has nothing that could wait for it. */
#define MAX_GATHERING_MS 20
/* Where no real-time class is to be had. */
#define NICE (-10)
/* Our sockets have file descriptors from here on, or from the half of what the process may open. */
#define FIRST_FD 4096
/* How many there may be in the process. */
#define SOCKETS 16384

/*
 * Somebody may close a file descriptor of ours by mistake. The system gives the lowest that is free to whoever opens
 * something next, so a low number would soon be another's, and a TCP connection would take our datagrams without a word. High
 * ones are given to our own sockets alone: whose each is stands here, for all threads.
 */
static _Atomic uint64_t owners[SOCKETS];
static _Atomic uint64_t last_owner;

typedef union {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
} address;

typedef struct {
  bool open;
  /* Tells it from a later socket with its number. */
  uint64_t owner;
  /* Tells it from any other file with its number. */
  ino_t inode;
  /* Family 0: nobody is heard yet. */
  address remote;
  double foreign;
} leg;

/* The state of one thread. */
typedef struct {
  napi_env env;
  /* Of the first socket. JavaScript knows a socket by how far behind it its file descriptor is. */
  int first_fd;
  /* By that number. */
  leg *legs;
  int capacity;
  int epoll;
  int timer;
  /* What it is set to; nothing at 0. */
  struct timespec due;
  uv_poll_t *poll;
  /* Only while the thread gathers. */
  uv_prepare_t *gathering;
  napi_ref on_timer;
  napi_async_context context;
  napi_async_cleanup_hook_handle cleanup;
} state;

static napi_value fail(napi_env env, const char *what, int error) {
  const char *code = error == EADDRINUSE ? "EADDRINUSE" : "EIO";
  char message[160];
  snprintf(message, sizeof message, "%s: %s", what, strerror(error));
  napi_throw_error(env, code, message);
  return NULL;
}

static state *state_of(napi_env env, napi_callback_info info, size_t count, napi_value *args) {
  state *self = NULL;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  napi_get_instance_data(env, (void **)&self);
  return self;
}

static leg *leg_of(state *self, napi_env env, napi_value value, int *number) {
  *number = -1;
  napi_get_value_int32(env, value, number);
  return *number >= 0 && *number < self->capacity && self->legs[*number].open ? &self->legs[*number] : NULL;
}

static socklen_t length_of(const address *a) { return a->any.sa_family == AF_INET6 ? sizeof a->v6 : sizeof a->v4; }

/* Only numbers are taken: a name would have to be asked for. */
static bool read_address(napi_env env, napi_value host, napi_value port, address *into) {
  char text[INET6_ADDRSTRLEN + 1];
  size_t length = 0;
  uint32_t number = 0;
  memset(into, 0, sizeof *into);
  if (napi_get_value_string_utf8(env, host, text, sizeof text, &length) != napi_ok) return false;
  if (port && (napi_get_value_uint32(env, port, &number) != napi_ok || number > 65535)) return false;
  if (inet_pton(AF_INET, text, &into->v4.sin_addr) == 1) {
    into->v4.sin_family = AF_INET;
    into->v4.sin_port = htons((uint16_t)number);
    return true;
  }
  if (inet_pton(AF_INET6, text, &into->v6.sin6_addr) == 1) {
    into->v6.sin6_family = AF_INET6;
    into->v6.sin6_port = htons((uint16_t)number);
    return true;
  }
  return false;
}

static bool same(const address *a, const address *b) {
  if (a->any.sa_family != b->any.sa_family) return false;
  if (a->any.sa_family == AF_INET)
    return a->v4.sin_port == b->v4.sin_port && a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
  return a->v6.sin6_port == b->v6.sin6_port &&
         memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof a->v6.sin6_addr) == 0;
}

static ino_t inode_of(int fd) {
  struct stat file;
  return fstat(fd, &file) == 0 && S_ISSOCK(file.st_mode) ? file.st_ino : 0;
}

static bool remember(state *self, int number) {
  if (number >= self->capacity) {
    int capacity = number + 64;
    leg *legs = realloc(self->legs, (size_t)capacity * sizeof *legs);
    if (!legs) return false;
    memset(legs + self->capacity, 0, (size_t)(capacity - self->capacity) * sizeof *legs);
    self->legs = legs;
    self->capacity = capacity;
  }
  leg *it = &self->legs[number];
  memset(it, 0, sizeof *it);
  it->open = true;
  it->inode = inode_of(self->first_fd + number);
  it->owner = owners[number] = ++last_owner;
  return true;
}

/* A socket among our own numbers. */
static int open_high(state *self, int family) {
  int low = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (low < 0) return -1;
  int fd = fcntl(low, F_DUPFD_CLOEXEC, self->first_fd), error = errno;
  close(low);
  if (fd >= self->first_fd + SOCKETS) {
    close(fd);
    fd = -1;
    error = EMFILE;
  }
  errno = error;
  return fd;
}

/* open(host) -> [number, port] */
static napi_value open_socket(napi_env env, napi_callback_info info) {
  napi_value args[1];
  state *self = state_of(env, info, 1, args);
  address local;
  if (!read_address(env, args[0], NULL, &local)) return fail(env, "not an IP address", EINVAL);
  int fd = open_high(self, local.any.sa_family);
  if (fd < 0) return fail(env, "socket", errno);
  int on = 1, room = RECEIVE_BUFFER_BYTES, number = fd - self->first_fd;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = number};
  socklen_t length = sizeof local;
  if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) < 0 || bind(fd, &local.any, length_of(&local)) < 0 ||
      getsockname(fd, &local.any, &length) < 0 || epoll_ctl(self->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
    int error = errno;
    close(fd);
    return fail(env, "bind", error);
  }
  if (!remember(self, number)) {
    close(fd);
    return fail(env, "socket", ENOMEM);
  }
  napi_value result, item;
  napi_create_array_with_length(env, 2, &result);
  napi_create_int32(env, number, &item);
  napi_set_element(env, result, 0, item);
  napi_create_uint32(env, ntohs(local.any.sa_family == AF_INET6 ? local.v6.sin6_port : local.v4.sin_port), &item);
  napi_set_element(env, result, 1, item);
  return result;
}

/* pin(number, host, port): from now on this source is heard, and sent to. */
static napi_value pin(napi_env env, napi_callback_info info) {
  napi_value args[3];
  state *self = state_of(env, info, 3, args);
  int number;
  leg *it = leg_of(self, env, args[0], &number);
  address remote;
  if (!it) return NULL;
  if (!read_address(env, args[1], args[2], &remote)) return fail(env, "not an IP address and port", EINVAL);
  it->remote = remote;
  return NULL;
}

/*
 * send(number, bytes) -> whether the socket is still there. A datagram that the network does not take is lost, as one on its
 * way may be. A socket that somebody else closed is forgotten.
 */
static napi_value send_datagram(napi_env env, napi_callback_info info) {
  napi_value args[2], result;
  state *self = state_of(env, info, 2, args);
  int number;
  leg *it = leg_of(self, env, args[0], &number);
  void *bytes = NULL;
  size_t length = 0;
  if (it && owners[number] != it->owner)
    it->open = false;
  else if (it && it->remote.any.sa_family &&
      napi_get_typedarray_info(env, args[1], NULL, &length, &bytes, NULL, NULL) == napi_ok &&
      sendto(self->first_fd + number, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL, &it->remote.any,
             length_of(&it->remote)) < 0 &&
      (errno == EBADF || errno == ENOTSOCK))
    it->open = false;
  napi_get_boolean(env, it && it->open, &result);
  return result;
}

/* foreign(number) -> datagrams that came from anybody else */
static napi_value foreign(napi_env env, napi_callback_info info) {
  napi_value args[1], result;
  state *self = state_of(env, info, 1, args);
  int number;
  leg *it = leg_of(self, env, args[0], &number);
  napi_create_double(env, it ? it->foreign : 0, &result);
  return result;
}

static void close_leg(state *self, int number) {
  int fd = self->first_fd + number;
  self->legs[number].open = false;
  if (inode_of(fd) == self->legs[number].inode) close(fd);
}

/* close(number) */
static napi_value close_socket(napi_env env, napi_callback_info info) {
  napi_value args[1];
  state *self = state_of(env, info, 1, args);
  int number;
  if (leg_of(self, env, args[0], &number)) close_leg(self, number);
  return NULL;
}

static double ms_of(struct timespec time) { return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6; }

static double now_ms(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return ms_of(now);
}

/* When the kernel took a datagram, on the wall's clock; `otherwise` if it does not say. */
static double taken_ms(struct msghdr *header, double otherwise) {
  for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
    struct timespec time;
    memcpy(&time, CMSG_DATA(c), sizeof time);
    return ms_of(time);
  }
  return otherwise;
}

typedef struct {
  uint8_t *slots;
  size_t slot_bytes;
  /* Three for each datagram: number of the socket, bytes, when it came on the monotonic clock in ms. */
  double *notes;
  size_t capacity;
  size_t count;
} pass;

/* Reads what waits on one socket. Datagrams of the far end go into slots; others are counted. */
static void drain(state *self, int number, pass *into) {
  static _Thread_local struct mmsghdr messages[BATCH];
  static _Thread_local struct iovec parts[BATCH];
  static _Thread_local address sources[BATCH];
  static _Thread_local _Alignas(struct cmsghdr) char controls[BATCH][CMSG_SPACE(sizeof(struct timespec))];
  leg *it = &self->legs[number];
  int left = MAX_DATAGRAMS_PER_PASS;
  for (size_t batch = FIRST_BATCH; left > 0 && into->capacity - into->count >= BATCH; batch = BATCH) {
    for (size_t n = 0; n < batch; n++) {
      parts[n] = (struct iovec){into->slots + (into->count + n) * into->slot_bytes, into->slot_bytes};
      messages[n].msg_hdr = (struct msghdr){.msg_name = &sources[n],
                                            .msg_namelen = sizeof sources[n],
                                            .msg_iov = &parts[n],
                                            .msg_iovlen = 1,
                                            .msg_control = controls[n],
                                            .msg_controllen = sizeof controls[n]};
    }
    /* More than are expected are asked for: that saves the second call, which would find nothing. */
    int got = recvmmsg(self->first_fd + number, messages, batch, MSG_DONTWAIT, NULL);
    if (got <= 0) return;
    double wall = now_ms(CLOCK_REALTIME), monotonic = now_ms(CLOCK_MONOTONIC);
    size_t first = into->count;
    for (int n = 0; n < got; n++) {
      if (!same(&sources[n], &it->remote)) {
        it->foreign++;
        continue;
      }
      struct msghdr *header = &messages[n].msg_hdr;
      size_t slot = into->count++;
      if (slot != first + (size_t)n)
        memmove(into->slots + slot * into->slot_bytes, parts[n].iov_base, messages[n].msg_len);
      double age = wall - taken_ms(header, wall);
      double *note = into->notes + 3 * slot;
      note[0] = number;
      /* What is longer than a slot is no audio: it is handed on as empty, and counted as malformed. */
      note[1] = header->msg_flags & MSG_TRUNC ? 0 : messages[n].msg_len;
      /* The wall's clock may be set meanwhile: no packet is from the future, or has waited for longer than a second. */
      note[2] = monotonic - (age > 0 && age < 1e3 ? age : 0);
    }
    left -= got;
    if ((size_t)got < batch) return;
  }
}

/* receive(slots, slotBytes, notes) -> count: one pass over the sockets that something waits on. */
static napi_value receive(napi_env env, napi_callback_info info) {
  napi_value args[3], result;
  state *self = state_of(env, info, 3, args);
  pass it = {0};
  size_t bytes = 0, notes = 0;
  uint32_t slot_bytes = 0;
  void *slots = NULL, *into = NULL;
  napi_get_typedarray_info(env, args[0], NULL, &bytes, &slots, NULL, NULL);
  napi_get_value_uint32(env, args[1], &slot_bytes);
  napi_get_typedarray_info(env, args[2], NULL, &notes, &into, NULL, NULL);
  if (slots && into && slot_bytes > 0) {
    it = (pass){.slots = slots, .slot_bytes = slot_bytes, .notes = into};
    it.capacity = bytes / slot_bytes < notes / 3 ? bytes / slot_bytes : notes / 3;
    static _Thread_local struct epoll_event events[EVENTS];
    int ready = epoll_wait(self->epoll, events, EVENTS, 0);
    for (int n = 0; n < ready; n++) {
      int number = events[n].data.fd;
      if (number < self->capacity && self->legs[number].open) drain(self, number, &it);
    }
  }
  napi_create_double(env, (double)it.count, &result);
  return result;
}

static void timer_fired(uv_poll_t *poll, int status, int events) {
  (void)status;
  (void)events;
  state *self = poll->data;
  uint64_t times;
  if (read(self->timer, &times, sizeof times) != sizeof times) return;
  napi_handle_scope scope;
  napi_value callback = NULL, receiver, error;
  bool thrown = false;
  napi_open_handle_scope(self->env, &scope);
  napi_get_reference_value(self->env, self->on_timer, &callback);
  napi_get_global(self->env, &receiver);
  napi_make_callback(self->env, self->context, receiver, callback, 0, NULL, NULL);
  if (napi_is_exception_pending(self->env, &thrown) == napi_ok && thrown) {
    napi_get_and_clear_last_exception(self->env, &error);
    napi_fatal_exception(self->env, error);
  }
  napi_close_handle_scope(self->env, scope);
}

/* onTimer(callback): in place of the one before. The timer does not keep the thread alive. */
static napi_value on_timer(napi_env env, napi_callback_info info) {
  napi_value args[1], name;
  state *self = state_of(env, info, 1, args);
  uv_loop_t *loop;
  napi_ref callback;
  if (napi_create_reference(env, args[0], 1, &callback) != napi_ok) return fail(env, "no function", EINVAL);
  if (self->on_timer) napi_delete_reference(env, self->on_timer);
  self->on_timer = callback;
  if (self->poll) return NULL;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return fail(env, "no event loop", EINVAL);
  uv_poll_t *poll = malloc(sizeof *poll);
  if (!poll || uv_poll_init(loop, poll, self->timer) < 0) {
    free(poll);
    return fail(env, "timer", ENOMEM);
  }
  napi_create_string_utf8(env, "handrail:media-timer", NAPI_AUTO_LENGTH, &name);
  napi_async_init(env, NULL, name, &self->context);
  poll->data = self;
  self->poll = poll;
  uv_poll_start(poll, UV_READABLE, timer_fired);
  uv_unref((uv_handle_t *)poll);
  return NULL;
}

/* wakeAt(ms): the one next waking, on the monotonic clock; 0: none. */
static napi_value wake_at(napi_env env, napi_callback_info info) {
  napi_value args[1];
  state *self = state_of(env, info, 1, args);
  double ms = 0;
  napi_get_value_double(env, args[0], &ms);
  struct itimerspec due = {0};
  if (ms > 0) {
    due.it_value.tv_sec = (time_t)(ms / 1e3);
    due.it_value.tv_nsec = (long)((ms - (double)due.it_value.tv_sec * 1e3) * 1e6);
  }
  self->due = due.it_value;
  timerfd_settime(self->timer, TFD_TIMER_ABSTIME, &due, NULL);
  return NULL;
}

/* The thread has nothing more to do: it sleeps until its timer is due, and not until the next of many sockets has something. */
static void before_polling(uv_prepare_t *gathering) {
  state *self = gathering->data;
  double left = ms_of(self->due) - now_ms(CLOCK_MONOTONIC);
  if (left > 0 && left <= MAX_GATHERING_MS && uv_backend_timeout(gathering->loop) != 0)
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &self->due, NULL);
}

static void free_handle(uv_handle_t *handle) { free(handle); }

static void stop_gathering(state *self) {
  if (self->gathering) uv_close((uv_handle_t *)self->gathering, free_handle);
  self->gathering = NULL;
}

/*
 * gather(on): whether what comes at Node's own sockets waits for the timer. With hundreds of them each would wake the thread by
 * itself, which costs more than what it brings.
 */
static napi_value gather(napi_env env, napi_callback_info info) {
  napi_value args[1];
  state *self = state_of(env, info, 1, args);
  bool on = false;
  uv_loop_t *loop;
  napi_get_value_bool(env, args[0], &on);
  if (on == (self->gathering != NULL)) return NULL;
  if (!on) {
    stop_gathering(self);
    return NULL;
  }
  uv_prepare_t *gathering = malloc(sizeof *gathering);
  if (!gathering || napi_get_uv_event_loop(env, &loop) != napi_ok) {
    free(gathering);
    return fail(env, "gather", ENOMEM);
  }
  uv_prepare_init(loop, gathering);
  gathering->data = self;
  uv_prepare_start(gathering, before_polling);
  uv_unref((uv_handle_t *)gathering);
  self->gathering = gathering;
  return NULL;
}

/*
 * goFirst() -> what the calling thread got: "realtime" (round robin, at the lowest of its priorities), "nice" or "normal". It takes
 * CAP_SYS_NICE, or limits that allow it (RLIMIT_RTPRIO, RLIMIT_NICE). Threads that it starts have none of it.
 */
static napi_value go_first(napi_env env, napi_callback_info info) {
  (void)info;
  struct sched_param lowest = {.sched_priority = sched_get_priority_min(SCHED_RR)}, none = {0};
  const char *got = "normal";
  /* For Linux 0 is the calling thread, not its process. */
  if (sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &lowest) == 0)
    got = "realtime";
  else if (sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &none) == 0 &&
           setpriority(PRIO_PROCESS, 0, NICE) == 0)
    got = "nice";
  napi_value result;
  napi_create_string_utf8(env, got, NAPI_AUTO_LENGTH, &result);
  return result;
}

static void forget(state *self) {
  close(self->timer);
  napi_remove_async_cleanup_hook(self->cleanup);
  free(self->legs);
  free(self);
}

static void poll_closed(uv_handle_t *poll) {
  state *self = poll->data;
  free(poll);
  forget(self);
}

/* The thread ends, with or without having closed its sockets. */
static void clean_up(napi_async_cleanup_hook_handle handle, void *data) {
  state *self = data;
  (void)handle;
  for (int number = 0; number < self->capacity; number++)
    if (self->legs[number].open) close_leg(self, number);
  close(self->epoll);
  stop_gathering(self);
  if (self->on_timer) napi_delete_reference(self->env, self->on_timer);
  if (self->context) napi_async_destroy(self->env, self->context);
  if (self->poll)
    uv_close((uv_handle_t *)self->poll, poll_closed);
  else
    forget(self);
}

NAPI_MODULE_INIT() {
  state *self = calloc(1, sizeof *self);
  if (!self) return fail(env, "media-io", ENOMEM);
  struct rlimit files;
  self->env = env;
  self->first_fd = getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur / 2 < FIRST_FD ? (int)(files.rlim_cur / 2) : FIRST_FD;
  self->epoll = epoll_create1(EPOLL_CLOEXEC);
  self->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (self->epoll < 0 || self->timer < 0) {
    int error = errno;
    if (self->epoll >= 0) close(self->epoll);
    if (self->timer >= 0) close(self->timer);
    free(self);
    return fail(env, "media-io", error);
  }
  napi_set_instance_data(env, self, NULL, NULL);
  napi_add_async_cleanup_hook(env, clean_up, self, &self->cleanup);
  const struct {
    const char *name;
    napi_callback call;
  } functions[] = {{"open", open_socket},   {"pin", pin},           {"send", send_datagram}, {"receive", receive},
                   {"foreign", foreign},    {"close", close_socket}, {"onTimer", on_timer},   {"wakeAt", wake_at},
                   {"gather", gather},
                   {"goFirst", go_first}};
  for (size_t n = 0; n < sizeof functions / sizeof *functions; n++) {
    napi_value function;
    napi_create_function(env, functions[n].name, NAPI_AUTO_LENGTH, functions[n].call, NULL, &function);
    napi_set_named_property(env, exports, functions[n].name, function);
  }
  return exports;
}
