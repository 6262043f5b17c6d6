/*
 * A host on a TAP device whose TCP is libslirp's, which is 4.4BSD's: echo (RFC 862) on port 7, the responder of
 * docs/conformance.md on port 8, discard (RFC 863) on port 9, and connections that a test opens, fills, checks and closes by
 * the commands of lwip/peer.c.
 *
 * libslirp has no users of its own. It is a NAT: what a guest opens to its address, it opens to 127.0.0.1, and what comes to a
 * port that it forwards, it opens to the guest. The guest is who is on the TAP device; the services and the test's connections
 * are sockets of this program on the loopback interface, so it needs a network namespace with nobody else on ports 7 to 9.
 * STATE is that of libslirp's connection. Libslirp closes its socket when a guest's reset comes, so a user sees "reset" if there
 * was data that libslirp had not read, and "end" otherwise.
 *
 * The program ends with its standard input. One thread runs it all.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <libslirp.h>

#define ECHO_PORT 7
#define RESPONDER_PORT 8
#define DISCARD_PORT 9
#define FIRST_FORWARDED_PORT 20000
#define LAST_FORWARDED_PORT 29999
#define FORWARDED_ADDRESS 0x7F000002 /* no client of its own uses that */
#define LARGEST_FRAME 1514
#define LONGEST_LINE 64
#define LONGEST_COMMAND 256
#define FRAMES_PER_TURN 64
#define LONGEST_WAIT 100
#define BACKLOG 64
#define MOST_TURNS 100
#define PIECE 4096
#define MOST_DESCRIPTORS 1024

struct connection;

/* What is done with the connections of a port. */
struct service {
    void (*received)(struct connection *);
    bool (*wants_to_read)(const struct connection *);
};

struct connection {
    struct connection *next;
    const struct service *service;
    unsigned number; /* 0: not the test's, and forgotten with the connection */
    bool accepted;   /* the test knows its number */

    int descriptor; /* -1 once it is closed */
    uint16_t port;  /* that was connected to */

    /* What libslirp calls the connection. */
    unsigned source_port, destination_port;

    bool ended;         /* the peer's FIN came */
    const char *reason; /* why the connection ended by itself; NULL: it did not */

    uint32_t left;   /* bytes to send */
    uint32_t offset; /* of the next one */
    uint32_t sender; /* the state of their sequence; 0: letters */
    bool shut_down, close;
    bool is_shut_down;

    uint32_t sent, received;
    uint32_t expected; /* the state of the sequence that is to come; 0: anything may */
    bool wrong;

    char piece[PIECE]; /* of an echo: what is still to be sent */
    unsigned start, end;

    char line[LONGEST_LINE]; /* of a responder */
    unsigned length;
};

struct listener {
    struct listener *next;
    const struct service *service;
    int descriptor;
    uint16_t port;
};

static Slirp *slirp;
static int tap;
static struct connection *connections;
static struct listener *listeners;
static unsigned last_number;
static const struct service echo_service, discard_service, responder_service, test_service;

/* How much faster libslirp's clock runs than ours. */
static unsigned speed = 1;

/* xorshift32 (Marsaglia, "Xorshift RNGs", 2003), which Traffic.Bytes has too. A state is never 0. */
static uint8_t next_byte(uint32_t *state)
{
    uint32_t x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    *state = x;
    return (uint8_t)(x >> 24);
}

static void fail(const char *what)
{
    fprintf(stderr, "slirp-peer: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* The TAP device. */

static int tap_open(const char *name)
{
    struct ifreq request = { 0 };
    if (strlen(name) >= sizeof(request.ifr_name)) {
        fprintf(stderr, "slirp-peer: %s: the name of an interface has at most 15 letters\n", name);
        exit(2);
    }

    int descriptor = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    strcpy(request.ifr_name, name);
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    if (descriptor < 0 || ioctl(descriptor, TUNSETIFF, &request) < 0)
        fail("cannot open the TAP device");
    return descriptor;
}

static void tap_receive(void)
{
    uint8_t frame[LARGEST_FRAME];
    for (int frames = 0; frames < FRAMES_PER_TURN; frames++) {
        ssize_t length = read(tap, frame, sizeof(frame));
        if (length > 0)
            slirp_input(slirp, frame, (int)length);
        else if (length < 0 && errno != EAGAIN && errno != EINTR && errno != EIO)
            fail("the TAP device is gone");
        else
            return;
    }
}

/* What libslirp calls. */

static ssize_t send_frame(const void *frame, size_t length, void *opaque)
{
    (void)opaque;
    return write(tap, frame, length);
}

static void on_guest_error(const char *message, void *opaque)
{
    (void)opaque;
    fprintf(stderr, "slirp-peer: %s\n", message);
}

static int64_t clock_now(void *opaque)
{
    (void)opaque;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return ((int64_t)now.tv_sec * 1000000000 + now.tv_nsec) * speed;
}

static void on_descriptor(int descriptor, void *opaque)
{
    (void)descriptor;
    (void)opaque;
}

static void on_notify(void *opaque)
{
    (void)opaque;
}

static const SlirpCb callbacks = {
    .send_packet = send_frame,
    .guest_error = on_guest_error,
    .clock_get_ns = clock_now,
    .register_poll_fd = on_descriptor,
    .unregister_poll_fd = on_descriptor,
    .notify = on_notify,
};

/* Waiting. */

static struct pollfd waiting[MOST_DESCRIPTORS];
static int waiting_count;

static int wait_for(int descriptor, short events)
{
    if (waiting_count == MOST_DESCRIPTORS) {
        errno = EMFILE;
        fail("more connections than it can wait for");
    }

    waiting[waiting_count] = (struct pollfd){ .fd = descriptor, .events = events };
    return waiting_count++;
}

static const struct { int slirp; short poll; } events_of[] = {
    { SLIRP_POLL_IN, POLLIN }, { SLIRP_POLL_OUT, POLLOUT }, { SLIRP_POLL_PRI, POLLPRI }, { SLIRP_POLL_ERR, POLLERR },
    { SLIRP_POLL_HUP, POLLHUP },
};

static int on_add_poll(int descriptor, int events, void *opaque)
{
    (void)opaque;
    short wanted = 0;
    for (unsigned i = 0; i < sizeof(events_of) / sizeof(events_of[0]); i++)
        wanted |= (events & events_of[i].slirp) != 0 ? events_of[i].poll : 0;
    return wait_for(descriptor, wanted);
}

static int on_get_events(int index, void *opaque)
{
    (void)opaque;
    int happened = 0;
    for (unsigned i = 0; i < sizeof(events_of) / sizeof(events_of[0]); i++)
        happened |= (waiting[index].revents & events_of[i].poll) != 0 ? events_of[i].slirp : 0;
    return happened;
}

/* Waits for what is in the list and what libslirp adds to it, and lets libslirp do what there is to do. */
static void turn_slirp(void)
{
    uint32_t wait = LONGEST_WAIT;
    slirp_pollfds_fill(slirp, &wait, on_add_poll, NULL);
    int result = poll(waiting, (nfds_t)waiting_count, (int)(wait / speed));
    slirp_pollfds_poll(slirp, result < 0, on_get_events, NULL);
}

/* Sockets. */

static struct sockaddr_in at(uint32_t address, uint16_t port)
{
    return (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(address), .sin_port = htons(port) };
}

static int new_socket(uint16_t port)
{
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in own = at(INADDR_LOOPBACK, port);
    int on = 1;
    if (descriptor < 0)
        return -1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(descriptor, (struct sockaddr *)&own, sizeof(own)) == 0)
        return descriptor;
    close(descriptor);
    return -1;
}

static uint16_t local_port_of(int descriptor)
{
    struct sockaddr_in address = { 0 };
    socklen_t length = sizeof(address);
    getsockname(descriptor, (struct sockaddr *)&address, &length);
    return ntohs(address.sin_port);
}

/* Libslirp's connections. It tells of them in a text for people. */

struct known {
    char state[16];
    int descriptor;
    unsigned source_port, destination_port;
};

/* Calls for each until that returns true. */
static bool find_known(bool (*is_it)(const struct known *, void *), void *argument, struct known *known)
{
    char *text = slirp_connection_info(slirp);
    bool found = false;
    for (char *line = strtok(text, "\n"); line != NULL && !found; line = strtok(NULL, "\n")) {
        found = sscanf(line, " TCP[%15[^]]] %d %*s %u %*s %u", known->state, &known->descriptor, &known->source_port,
                    &known->destination_port) == 4
            && strcmp(known->state, "HOST_FORWARD") != 0 && is_it(known, argument);
    }

    free(text);
    return found;
}

static bool has_ports(const struct known *known, void *argument)
{
    const struct connection *connection = argument;
    return known->source_port == connection->source_port && known->destination_port == connection->destination_port;
}

static bool has_socket(const struct known *known, void *argument)
{
    return local_port_of(known->descriptor) == *(uint16_t *)argument;
}

/* Connections. */

static struct connection *find(unsigned number)
{
    struct connection *connection = connections;
    while (connection != NULL && connection->number != number)
        connection = connection->next;
    return connection;
}

static void forget(struct connection *connection)
{
    struct connection **place = &connections;
    while (*place != connection)
        place = &(*place)->next;
    *place = connection->next;
    free(connection);
}

static void finish(struct connection *connection)
{
    close(connection->descriptor);
    connection->descriptor = -1;
}

static void note(struct connection *connection, int error)
{
    if (error == EAGAIN || error == EINTR)
        return;
    connection->reason = error == ECONNRESET || error == EPIPE ? "reset" : "error";
    finish(connection);
}

static ssize_t take(struct connection *connection, void *data, size_t count)
{
    ssize_t result = recv(connection->descriptor, data, count, 0);
    if (result == 0)
        connection->ended = true;
    else if (result < 0)
        note(connection, errno);
    return result;
}

static ssize_t give(struct connection *connection, const void *data, size_t count)
{
    ssize_t result = send(connection->descriptor, data, count, MSG_NOSIGNAL);
    if (result < 0)
        note(connection, errno);
    return result;
}

static struct connection *new_connection(int descriptor, const struct service *service, uint16_t port)
{
    struct connection *connection = calloc(1, sizeof(*connection));
    if (connection == NULL)
        fail("no memory");
    fcntl(descriptor, F_SETFL, O_NONBLOCK);
    connection->descriptor = descriptor;
    connection->service = service;
    connection->number = service == &test_service ? ++last_number : 0;
    connection->port = port;
    connection->next = connections;
    connections = connection;
    return connection;
}

/* Connects to a port that libslirp forwards to the guest, for this connection alone. */
static struct connection *open_connection(struct in_addr address, uint16_t port, uint16_t local_port, const struct service *service)
{
    static uint16_t forwarded_port = FIRST_FORWARDED_PORT;
    struct sockaddr_in forwarded = at(FORWARDED_ADDRESS, forwarded_port);
    int descriptor = new_socket(local_port);
    if (descriptor < 0)
        return NULL;
    if (slirp_add_hostfwd(slirp, 0, forwarded.sin_addr, forwarded_port, address, port) < 0) {
        close(descriptor);
        return NULL;
    }

    struct connection *connection = NULL;
    if (connect(descriptor, (struct sockaddr *)&forwarded, sizeof(forwarded)) == 0) {
        connection = new_connection(descriptor, service, port);
        connection->source_port = forwarded_port;
        connection->destination_port = port;

        /* It is there: libslirp has only to take it. */
        struct known known;
        for (int turns = 0; turns < MOST_TURNS && !find_known(has_ports, connection, &known); turns++) {
            waiting_count = 0;
            turn_slirp();
        }
    } else
        close(descriptor);
    slirp_remove_hostfwd(slirp, 0, forwarded.sin_addr, forwarded_port);
    forwarded_port = forwarded_port == LAST_FORWARDED_PORT ? FIRST_FORWARDED_PORT : forwarded_port + 1;
    return connection;
}

static bool listen_on(uint16_t port, const struct service *service)
{
    int descriptor = new_socket(port);
    if (descriptor < 0)
        return false;
    struct listener *listener = calloc(1, sizeof(*listener));
    if (listener == NULL)
        fail("no memory");
    fcntl(descriptor, F_SETFL, O_NONBLOCK);
    listen(descriptor, BACKLOG);
    *listener = (struct listener){ .next = listeners, .service = service, .descriptor = descriptor, .port = port };
    listeners = listener;
    return true;
}

static void accept_all(const struct listener *listener)
{
    struct sockaddr_in peer;
    socklen_t length = sizeof(peer);
    int descriptor;
    while ((descriptor = accept(listener->descriptor, (struct sockaddr *)&peer, &length)) >= 0) {
        struct connection *connection = new_connection(descriptor, listener->service, listener->port);
        struct known known;
        uint16_t port = ntohs(peer.sin_port);
        if (find_known(has_socket, &port, &known)) {
            connection->source_port = known.source_port;
            connection->destination_port = known.destination_port;
        }
    }
}

/* Echo and discard. */

static void echo(struct connection *connection)
{
    if (connection->start == connection->end) {
        ssize_t count = take(connection, connection->piece, PIECE);
        connection->start = 0;
        connection->end = count > 0 ? (unsigned)count : 0;
    }

    if (connection->start < connection->end) {
        ssize_t count = give(connection, connection->piece + connection->start, connection->end - connection->start);
        connection->start += count > 0 ? (unsigned)count : 0;
    } else if (connection->ended)
        finish(connection);
}

static bool echo_wants_to_read(const struct connection *connection)
{
    return connection->start == connection->end;
}

static void discard(struct connection *connection)
{
    take(connection, connection->piece, PIECE);
    if (connection->ended)
        finish(connection);
}

static bool wants_to_read(const struct connection *connection)
{
    return !connection->ended;
}

/* Sends what a line or a command has asked for, then does what follows it. */
static void send_data(struct connection *connection)
{
    while (connection->left > 0 && connection->descriptor >= 0) {
        uint8_t data[PIECE];
        uint32_t before = connection->sender, state = before;
        size_t count = connection->left < PIECE ? connection->left : PIECE;
        for (size_t i = 0; i < count; i++)
            data[i] = before == 0 ? (uint8_t)('a' + (connection->offset + i) % 26) : next_byte(&state);
        ssize_t taken = give(connection, data, count);
        if (taken <= 0)
            return;
        for (ssize_t i = 0; i < taken && before != 0; i++)
            next_byte(&connection->sender);
        connection->left -= (uint32_t)taken;
        connection->offset += (uint32_t)taken;
        connection->sent += (uint32_t)taken;
    }

    if (connection->descriptor < 0)
        return;
    if (connection->close)
        finish(connection);
    else if (connection->shut_down) {
        shutdown(connection->descriptor, SHUT_WR);
        connection->shut_down = false;
        connection->is_shut_down = true;
    }
}

/* The responder. */

static void obey(struct connection *connection, const char *line)
{
    char address[16], rest;
    unsigned number;
    struct in_addr remote;
    if (strcmp(line, "close") == 0)
        connection->close = true;
    else if (strcmp(line, "shutdown") == 0)
        connection->shut_down = true;
    else if (sscanf(line, "send %7u%c", &number, &rest) == 1 && number >= 1 && number <= 1000000) {
        connection->left = number;
        connection->offset = 0;
    } else if (sscanf(line, "connect %15[0-9.] %5u%c", address, &number, &rest) == 2 && number >= 1 && number <= 65535
        && inet_aton(address, &remote))
        open_connection(remote, (uint16_t)number, 0, &responder_service);
}

static void respond(struct connection *connection)
{
    /* A line is read to its end and no further before it is obeyed. */
    char letter;
    send_data(connection);
    while (connection->descriptor >= 0 && connection->left == 0 && !connection->ended && take(connection, &letter, 1) == 1) {
        if (letter != '\n') {
            if (connection->length < LONGEST_LINE)
                connection->line[connection->length] = letter;
            if (connection->length <= LONGEST_LINE)
                connection->length++;
            continue;
        }

        char line[LONGEST_LINE + 1];
        bool too_long = connection->length > LONGEST_LINE;
        memcpy(line, connection->line, too_long ? 0 : connection->length);
        line[too_long ? 0 : connection->length] = 0;
        connection->length = 0;
        obey(connection, line);
        send_data(connection);
    }

    if (connection->descriptor >= 0 && connection->ended && connection->left == 0)
        finish(connection);
}

static bool responder_wants_to_read(const struct connection *connection)
{
    return connection->left == 0;
}

/* Connections of the test. */

static void check(struct connection *connection)
{
    uint8_t data[PIECE];
    send_data(connection);
    ssize_t count;
    while (connection->descriptor >= 0 && !connection->ended && (count = take(connection, data, PIECE)) > 0) {
        for (ssize_t i = 0; i < count && connection->expected != 0; i++)
            connection->wrong |= data[i] != next_byte(&connection->expected);
        connection->received += (uint32_t)count;
    }

    if (connection->descriptor >= 0 && connection->ended && connection->is_shut_down)
        finish(connection);
}

static const struct service echo_service = { echo, echo_wants_to_read };
static const struct service discard_service = { discard, wants_to_read };
static const struct service responder_service = { respond, responder_wants_to_read };
static const struct service test_service = { check, wants_to_read };

/* Does what there is to do. */
static void turn(struct connection *connection)
{
    if (connection->descriptor >= 0)
        connection->service->received(connection);
    if (connection->descriptor < 0 && connection->number == 0)
        forget(connection);
}

static const char *state_of(struct connection *connection)
{
    static const char *const names[][2] = {
        { "SYN_SENT", "SYN-SENT" }, { "SYN_RCVD", "SYN-RECEIVED" }, { "ESTABLISHED", "ESTABLISHED" }, { "FIN_WAIT_1", "FIN-WAIT-1" },
        { "FIN_WAIT_2", "FIN-WAIT-2" }, { "CLOSE_WAIT", "CLOSE-WAIT" }, { "CLOSING", "CLOSING" }, { "LAST_ACK", "LAST-ACK" },
        { "TIME_WAIT", "TIME-WAIT" },
    };
    struct known known;
    if (find_known(has_ports, connection, &known)) {
        for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            if (strcmp(names[i][0], known.state) == 0)
                return names[i][1];
        }
    }

    return "CLOSED";
}

/* Commands. */

static void answer_accept(uint16_t port)
{
    /* The newest is first; the oldest is asked for. */
    struct connection *found = NULL;
    for (struct connection *i = connections; i != NULL; i = i->next) {
        if (i->service == &test_service && !i->accepted && i->port == port)
            found = i;
    }

    if (found != NULL)
        found->accepted = true;
    printf("ok %u\n", found == NULL ? 0 : found->number);
}

static void answer_connect(const char *address, unsigned port, unsigned local_port)
{
    struct in_addr remote;
    struct connection *connection = NULL;
    if (inet_aton(address, &remote))
        connection = open_connection(remote, (uint16_t)port, (uint16_t)local_port, &test_service);
    if (connection == NULL) {
        printf("error libslirp opens no connection to %s\n", address);
        return;
    }

    connection->accepted = true;
    printf("ok %u\n", connection->number);
}

static void answer(char *command)
{
    char word[16] = "", address[16] = "", rest;
    unsigned number = 0, seed = 0, count = 0;
    if (sscanf(command, "connect %15s %u %u %c", address, &number, &count, &rest) >= 2) {
        answer_connect(address, number, count);
        return;
    }

    int words = sscanf(command, "%15s %u %u %u %c", word, &number, &seed, &count, &rest);
    if (words == 2 && strcmp(word, "listen") == 0) {
        printf(listen_on((uint16_t)number, &test_service) ? "ok\n" : "error nobody can listen on %u\n", number);
        return;
    }

    if (words == 2 && strcmp(word, "accept") == 0) {
        answer_accept((uint16_t)number);
        return;
    }

    struct connection *connection = find(number);
    if (words < 2 || connection == NULL) {
        printf("error %s\n", words < 2 ? "not a command" : "no such connection");
        return;
    }

    if (words == 2 && strcmp(word, "status") == 0) {
        printf("ok %s %u %u %s %s\n", state_of(connection), connection->sent, connection->received,
            connection->wrong ? "wrong" : connection->ended ? "end" : "open", connection->reason == NULL ? "none" : connection->reason);
        return;
    }

    if (connection->descriptor < 0) {
        printf("error the connection is closed\n");
        return;
    }

    if (words == 4 && strcmp(word, "send") == 0) {
        if (connection->left > 0 || connection->shut_down) {
            printf("error the bytes before are not sent\n");
            return;
        }

        connection->sender = seed;
        connection->left = count;
    } else if (words == 3 && strcmp(word, "expect") == 0)
        connection->expected = seed;
    else if (words == 2 && strcmp(word, "shutdown") == 0)
        connection->shut_down = true;
    else if (words == 2 && strcmp(word, "close") == 0)
        connection->close = true;
    else if (words == 2 && strcmp(word, "abort") == 0) {
        struct linger linger = { .l_onoff = 1, .l_linger = 0 };
        setsockopt(connection->descriptor, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
        finish(connection);
        printf("ok\n");
        return;
    } else {
        printf("error not a command\n");
        return;
    }

    printf("ok\n");
    turn(connection);
}

/* Reads what is there and answers whole lines. False at the end of the input. */
static bool read_commands(void)
{
    static char input[LONGEST_COMMAND];
    static size_t length;
    ssize_t count = read(STDIN_FILENO, input + length, sizeof(input) - length);
    if (count <= 0)
        return count < 0 && errno == EINTR;
    length += (size_t)count;
    char *end;
    while ((end = memchr(input, '\n', length)) != NULL) {
        *end = 0;
        answer(input);
        fflush(stdout);
        length -= (size_t)(end + 1 - input);
        memmove(input, end + 1, length);
    }

    if (length < sizeof(input))
        return true;
    fprintf(stderr, "slirp-peer: a command has less than %d letters\n", LONGEST_COMMAND);
    return false;
}

/* False at the end of the input. */
static bool turn_all(void)
{
    waiting_count = 0;
    int input = wait_for(STDIN_FILENO, POLLIN);
    wait_for(tap, POLLIN);
    for (struct listener *i = listeners; i != NULL; i = i->next)
        wait_for(i->descriptor, POLLIN);
    for (struct connection *i = connections; i != NULL; i = i->next) {
        bool is_writing = i->left > 0 || i->start < i->end;
        if (i->descriptor >= 0)
            wait_for(i->descriptor, (i->service->wants_to_read(i) ? POLLIN : 0) | (is_writing ? POLLOUT : 0));
    }

    turn_slirp();
    bool has_input = waiting[input].revents != 0;
    tap_receive();
    for (struct listener *i = listeners; i != NULL; i = i->next)
        accept_all(i);
    for (struct connection *i = connections, *next; i != NULL; i = next) {
        next = i->next;
        turn(i);
    }

    return !has_input || read_commands();
}

static int usage(void)
{
    fprintf(stderr, "slirp-peer: usage: slirp-peer --tap NAME --address ADDRESS [--speed N]\n");
    return 2;
}

int main(int count, char **arguments)
{
    const char *name = NULL;
    char rest;
    struct in_addr address = { 0 };
    for (int i = 1; i < count; i += 2) {
        const char *value = i + 1 < count ? arguments[i + 1] : "";
        if (strcmp(arguments[i], "--tap") == 0)
            name = value;
        else if (!(strcmp(arguments[i], "--address") == 0 && inet_aton(value, &address))
            && !(strcmp(arguments[i], "--speed") == 0 && sscanf(value, "%3u%c", &speed, &rest) == 1 && speed >= 1 && speed <= 100))
            return usage();
    }

    if (name == NULL || *name == 0 || address.s_addr == 0)
        return usage();

    tap = tap_open(name);
    SlirpConfig settings = {
        .version = SLIRP_CONFIG_VERSION_MAX,
        .in_enabled = true,
        .vnetmask.s_addr = htonl(0xFFFFFF00),
        .vnetwork.s_addr = address.s_addr & htonl(0xFFFFFF00),
        .vhost = address,
        .disable_dns = true,
        .disable_dhcp = true,
    };
    slirp = slirp_new(&settings, &callbacks, NULL);
    if (slirp == NULL) {
        fprintf(stderr, "slirp-peer: libslirp does not start\n");
        return 1;
    }

    if (!listen_on(ECHO_PORT, &echo_service) || !listen_on(RESPONDER_PORT, &responder_service)
        || !listen_on(DISCARD_PORT, &discard_service))
        fail("cannot listen on port 7, 8 or 9 of 127.0.0.1");

    printf("libslirp %s at %s on %s\n", slirp_version_string(), inet_ntoa(address), name);
    fflush(stdout);
    while (turn_all()) {
    }

    return 0;
}
