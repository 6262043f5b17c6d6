/*
 * A host on a TAP device that is nothing but lwIP: echo (RFC 862) on port 7, the responder of docs/conformance.md on port 8,
 * discard (RFC 863) on port 9, and connections that a test opens, fills, checks and closes by commands.
 *
 * Commands come on standard input, a line each, and each is answered by a line: "ok ..." or "error ...".
 *
 *   listen PORT                              take connections on another port
 *   accept PORT                              the number of a connection that came there since; 0: there is none
 *   connect ADDRESS PORT [LOCAL-PORT]        open a connection; its number
 *   send NUMBER SEED COUNT                   send the first COUNT bytes of the sequence of this seed
 *   expect NUMBER SEED                       hold what comes against the sequence of this seed
 *   shutdown NUMBER                          close our direction when everything is with lwIP
 *   close NUMBER                             close both directions when everything is with lwIP
 *   abort NUMBER                             reset, now
 *   status NUMBER                            STATE SENT RECEIVED open|end|wrong none|reset|aborted|closed|ERROR
 *
 * STATE is RFC 9293's; SENT is what lwIP has taken, RECEIVED what has come; "end" follows the peer's FIN, "wrong" a byte that
 * was not expected; the last word is what lwIP said when it ended the connection by itself. Numbers are never used again.
 *
 * The program ends with its standard input. One thread runs it all: lwIP's raw interface, its timers, the TAP device.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <lwip/init.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcp.h>
#include <lwip/timeouts.h>
#include <netif/ethernet.h>

#include "tap.h"

#define ECHO_PORT 7
#define RESPONDER_PORT 8
#define DISCARD_PORT 9
#define LONGEST_LINE 64
#define LONGEST_COMMAND 256
#define FRAMES_PER_TURN 64
#define LONGEST_WAIT 100

struct connection;

/* What is done with the connections of a port. */
struct service {
    void (*received)(struct connection *);
    void (*sent)(struct connection *);
};

struct connection {
    struct connection *next;
    const struct service *service;
    unsigned number; /* 0: not the test's, and forgotten with the connection */
    bool accepted; /* the test knows its number */

    struct tcp_pcb *pcb; /* NULL once it is lwIP's alone, or gone */
    u16_t local_port, remote_port;

    struct pbuf *unread; /* what lwIP has handed over and was not told to be read */
    bool ended;          /* the peer's FIN came behind that */
    const char *reason;  /* why lwIP ended the connection; NULL: it did not */

    uint32_t left;   /* bytes to send */
    uint32_t offset; /* of the next one */
    uint32_t sender; /* the state of their sequence */
    bool shut_down, close;

    uint32_t sent, received;
    uint32_t expected; /* the state of the sequence that is to come; 0: anything may */
    bool wrong;

    char line[LONGEST_LINE]; /* of a responder */
    unsigned length;
};

static struct connection *connections;
static unsigned last_number;
static const struct service echo_service, discard_service, responder_service, test_service;

/* How much faster lwIP's clock runs than ours. */
static unsigned speed = 1;

/* lwIP's clock in ms, in place of the one in its library. */
u32_t sys_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (u32_t)(((uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000) * speed / 1000);
}

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

/* Connections. */

static void forget(struct connection *connection)
{
    struct connection **place = &connections;
    while (*place != connection)
        place = &(*place)->next;
    *place = connection->next;
    free(connection);
}

static void drop_unread(struct connection *connection)
{
    if (connection->unread != NULL)
        pbuf_free(connection->unread);
    connection->unread = NULL;
}

/* lwIP goes on with the connection alone, or it is gone. */
static void let_go(struct connection *connection)
{
    if (connection->pcb != NULL) {
        tcp_arg(connection->pcb, NULL);
        tcp_recv(connection->pcb, NULL);
        tcp_sent(connection->pcb, NULL);
        tcp_err(connection->pcb, NULL);
        tcp_poll(connection->pcb, NULL, 0);
    }

    connection->pcb = NULL;
    drop_unread(connection);
}

static void finish(struct connection *connection)
{
    struct tcp_pcb *pcb = connection->pcb;
    let_go(connection);
    if (tcp_close(pcb) == ERR_OK)
        return;
    tcp_abort(pcb);
    connection->reason = "aborted";
}

/* Tells lwIP that the first bytes are read, and forgets them. */
static void take(struct connection *connection, u16_t count)
{
    connection->unread = pbuf_free_header(connection->unread, count);
    tcp_recved(connection->pcb, count);
}

static struct connection *find(unsigned number)
{
    struct connection *connection = connections;
    while (connection != NULL && connection->number != number)
        connection = connection->next;
    return connection;
}

/* What lwIP calls. */

/* Does what there is to do. A service may finish the connection; lwIP wants to know if tcp_abort() was called. */
static err_t turn(struct connection *connection)
{
    connection->service->sent(connection);
    if (connection->pcb != NULL)
        connection->service->received(connection);

    /* Closed both ways: from TIME-WAIT lwIP frees it without a word. */
    if (connection->pcb != NULL && connection->ended && connection->pcb->state > CLOSE_WAIT)
        finish(connection);
    bool aborted = connection->reason != NULL;
    if (connection->pcb == NULL && connection->number == 0)
        forget(connection);
    return aborted ? ERR_ABRT : ERR_OK;
}

static err_t on_received(void *argument, struct tcp_pcb *pcb, struct pbuf *data, err_t error)
{
    struct connection *connection = argument;
    (void)pcb;
    (void)error;
    if (data == NULL)
        connection->ended = true;
    else if (connection->unread == NULL)
        connection->unread = data;
    else
        pbuf_cat(connection->unread, data);
    return turn(connection);
}

static err_t on_sent(void *argument, struct tcp_pcb *pcb, u16_t count)
{
    (void)pcb;
    (void)count;
    return turn(argument);
}

/* lwIP calls this twice a second: what found no memory is tried again. */
static err_t on_poll(void *argument, struct tcp_pcb *pcb)
{
    (void)pcb;
    return turn(argument);
}

static void on_error(void *argument, err_t error)
{
    struct connection *connection = argument;
    connection->reason = error == ERR_RST ? "reset" : error == ERR_ABRT ? "aborted" : error == ERR_CLSD ? "closed" : "error";
    connection->pcb = NULL; /* freed by lwIP */
    let_go(connection);
    if (connection->number == 0)
        forget(connection);
}

static err_t on_connected(void *argument, struct tcp_pcb *pcb, err_t error)
{
    (void)pcb;
    (void)error;
    return turn(argument);
}

static struct connection *new_connection(struct tcp_pcb *pcb, const struct service *service)
{
    struct connection *connection = calloc(1, sizeof(*connection));
    if (connection == NULL)
        return NULL;
    connection->service = service;
    connection->number = service == &test_service ? ++last_number : 0;
    connection->pcb = pcb;
    connection->local_port = pcb->local_port;
    connection->remote_port = pcb->remote_port;
    connection->next = connections;
    connections = connection;
    tcp_arg(pcb, connection);
    tcp_recv(pcb, on_received);
    tcp_sent(pcb, on_sent);
    tcp_err(pcb, on_error);
    tcp_poll(pcb, on_poll, 1);
    return connection;
}

static struct connection *open_connection(const ip_addr_t *address, u16_t port, u16_t local_port, const struct service *service)
{
    struct tcp_pcb *pcb = tcp_new();
    if (pcb == NULL)
        return NULL;
    struct connection *connection = NULL;
    if ((local_port == 0 || tcp_bind(pcb, IP4_ADDR_ANY, local_port) == ERR_OK)
        && tcp_connect(pcb, address, port, on_connected) == ERR_OK)
        connection = new_connection(pcb, service);
    if (connection == NULL)
        tcp_abort(pcb);
    return connection;
}

static err_t on_accepted(void *argument, struct tcp_pcb *pcb, err_t error)
{
    if (error != ERR_OK || pcb == NULL)
        return ERR_VAL;
    if (new_connection(pcb, argument) != NULL)
        return ERR_OK;
    tcp_abort(pcb);
    return ERR_ABRT;
}

static bool listen_on(u16_t port, const struct service *service)
{
    struct tcp_pcb *pcb = tcp_new();
    if (pcb == NULL)
        return false;
    if (tcp_bind(pcb, IP4_ADDR_ANY, port) != ERR_OK) {
        tcp_abort(pcb);
        return false;
    }

    struct tcp_pcb *listener = tcp_listen(pcb);
    if (listener == NULL) {
        tcp_abort(pcb);
        return false;
    }

    tcp_arg(listener, (void *)service);
    tcp_accept(listener, on_accepted);
    return true;
}

/* Echo and discard. */

static void nothing(struct connection *connection)
{
    (void)connection;
}

static void echo(struct connection *connection)
{
    while (connection->unread != NULL) {
        struct tcp_pcb *pcb = connection->pcb;
        u16_t count = LWIP_MIN(connection->unread->len, tcp_sndbuf(pcb));
        if (count == 0 || tcp_write(pcb, connection->unread->payload, count, TCP_WRITE_FLAG_COPY) != ERR_OK)
            break;
        take(connection, count);
    }

    tcp_output(connection->pcb);
    if (connection->ended && connection->unread == NULL)
        finish(connection);
}

static void discard(struct connection *connection)
{
    if (connection->unread != NULL)
        take(connection, connection->unread->tot_len);
    if (connection->ended)
        finish(connection);
}

/* Sends what a line or a command has asked for, then does what follows it. */
static void send_data(struct connection *connection, void (*fill)(struct connection *, uint8_t *, u16_t))
{
    struct tcp_pcb *pcb = connection->pcb;
    uint8_t data[TCP_MSS];
    if (pcb->state < ESTABLISHED)
        return;
    while (connection->left > 0) {
        u16_t count = (u16_t)LWIP_MIN(LWIP_MIN(connection->left, sizeof(data)), tcp_sndbuf(pcb));
        uint32_t before = connection->sender;
        if (count == 0)
            break;
        fill(connection, data, count);
        if (tcp_write(pcb, data, count, TCP_WRITE_FLAG_COPY) != ERR_OK) {
            connection->sender = before;
            break;
        }

        connection->left -= count;
        connection->offset += count;
        connection->sent += count;
    }

    tcp_output(pcb);
    if (connection->left > 0)
        return;
    if (connection->close)
        finish(connection);
    else if (connection->shut_down && tcp_shutdown(pcb, 0, 1) == ERR_OK)
        connection->shut_down = false;
}

/* The responder. */

static void fill_with_letters(struct connection *connection, uint8_t *data, u16_t count)
{
    for (u16_t i = 0; i < count; i++)
        data[i] = (uint8_t)('a' + (connection->offset + i) % 26);
}

static void obey(struct connection *connection, const char *line)
{
    char address[16], rest;
    unsigned number;
    ip_addr_t remote;
    if (strcmp(line, "close") == 0)
        connection->close = true;
    else if (strcmp(line, "shutdown") == 0)
        connection->shut_down = true;
    else if (sscanf(line, "send %7u%c", &number, &rest) == 1 && number >= 1 && number <= 1000000) {
        connection->left = number;
        connection->offset = 0;
    } else if (sscanf(line, "connect %15[0-9.] %5u%c", address, &number, &rest) == 2 && number >= 1 && number <= 65535
        && ipaddr_aton(address, &remote))
        open_connection(&remote, (u16_t)number, 0, &responder_service);
}

static void respond(struct connection *connection)
{
    /* A line is read to its end and no further before it is obeyed. */
    while (connection->pcb != NULL && connection->left == 0 && connection->unread != NULL) {
        char letter = *(char *)connection->unread->payload;
        take(connection, 1);
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
        send_data(connection, fill_with_letters);
    }

    if (connection->pcb != NULL && connection->ended && connection->left == 0)
        finish(connection);
}

static void respond_further(struct connection *connection)
{
    if (connection->left > 0 || connection->shut_down)
        send_data(connection, fill_with_letters);
}

/* Connections of the test. */

static void fill_with_bytes(struct connection *connection, uint8_t *data, u16_t count)
{
    for (u16_t i = 0; i < count; i++)
        data[i] = next_byte(&connection->sender);
}

static void check(struct connection *connection)
{
    while (connection->unread != NULL) {
        struct pbuf *data = connection->unread;
        if (connection->expected != 0) {
            for (u16_t i = 0; i < data->len; i++) {
                if (((uint8_t *)data->payload)[i] != next_byte(&connection->expected))
                    connection->wrong = true;
            }
        }

        connection->received += data->len;
        take(connection, data->len);
    }
}

static void send_bytes(struct connection *connection)
{
    send_data(connection, fill_with_bytes);
}

static const struct service echo_service = { echo, nothing };
static const struct service discard_service = { discard, nothing };
static const struct service responder_service = { respond, respond_further };
static const struct service test_service = { check, send_bytes };

static const char *state_of(const struct connection *connection)
{
    static const char *const names[] = {
        "CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING",
        "LAST-ACK", "TIME-WAIT",
    };
    struct tcp_pcb *lists[] = { tcp_active_pcbs, tcp_tw_pcbs };
    for (unsigned i = 0; i < 2; i++) {
        for (struct tcp_pcb *pcb = lists[i]; pcb != NULL; pcb = pcb->next) {
            if (pcb->local_port == connection->local_port && pcb->remote_port == connection->remote_port)
                return names[pcb->state];
        }
    }

    return names[CLOSED];
}

/* Commands. */

static void answer_accept(u16_t port)
{
    /* The newest is first; the oldest is asked for. */
    struct connection *found = NULL;
    for (struct connection *i = connections; i != NULL; i = i->next) {
        if (i->service == &test_service && !i->accepted && i->local_port == port)
            found = i;
    }

    if (found != NULL)
        found->accepted = true;
    printf("ok %u\n", found == NULL ? 0 : found->number);
}

static void answer_connect(const char *address, unsigned port, unsigned local_port)
{
    ip_addr_t remote;
    struct connection *connection = NULL;
    if (ipaddr_aton(address, &remote))
        connection = open_connection(&remote, (u16_t)port, (u16_t)local_port, &test_service);
    if (connection == NULL) {
        printf("error lwIP opens no connection to %s\n", address);
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
        printf(listen_on((u16_t)number, &test_service) ? "ok\n" : "error lwIP does not listen on %u\n", number);
        return;
    }

    if (words == 2 && strcmp(word, "accept") == 0) {
        answer_accept((u16_t)number);
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

    if (connection->pcb == NULL) {
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
        struct tcp_pcb *pcb = connection->pcb;
        let_go(connection);
        tcp_abort(pcb);
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
    fprintf(stderr, "lwip-peer: a command has less than %d letters\n", LONGEST_COMMAND);
    return false;
}

static int usage(void)
{
    fprintf(stderr, "lwip-peer: usage: lwip-peer --tap NAME --address ADDRESS [--netmask MASK] [--gateway ADDRESS]"
        " [--speed N]\n");
    return 2;
}

int main(int count, char **arguments)
{
    const char *name = NULL;
    char rest;
    ip4_addr_t address, netmask, gateway;
    ip4_addr_set_zero(&address);
    ip4_addr_set_zero(&gateway);
    IP4_ADDR(&netmask, 255, 255, 255, 0);
    for (int i = 1; i < count; i += 2) {
        const char *value = i + 1 < count ? arguments[i + 1] : "";
        if (strcmp(arguments[i], "--tap") == 0)
            name = value;
        else if (!(strcmp(arguments[i], "--address") == 0 && ip4addr_aton(value, &address))
            && !(strcmp(arguments[i], "--netmask") == 0 && ip4addr_aton(value, &netmask))
            && !(strcmp(arguments[i], "--gateway") == 0 && ip4addr_aton(value, &gateway))
            && !(strcmp(arguments[i], "--speed") == 0 && sscanf(value, "%3u%c", &speed, &rest) == 1 && speed >= 1 && speed <= 100))
            return usage();
    }

    if (name == NULL || *name == 0 || ip4_addr_isany_val(address))
        return usage();

    int descriptor = tap_open(name);
    struct netif netif;
    srand((unsigned)time(NULL) ^ (unsigned)getpid()); /* lwIP draws its ports from it */
    lwip_init();
    if (netif_add(&netif, &address, &netmask, &gateway, &descriptor, tap_init, ethernet_input) == NULL) {
        fprintf(stderr, "lwip-peer: lwIP takes no network interface\n");
        return 1;
    }

    netif_set_default(&netif);
    netif_set_up(&netif);
    if (!listen_on(ECHO_PORT, &echo_service) || !listen_on(RESPONDER_PORT, &responder_service)
        || !listen_on(DISCARD_PORT, &discard_service)) {
        fprintf(stderr, "lwip-peer: lwIP does not listen\n");
        return 1;
    }

    printf("lwIP %s at %s on %s\n", LWIP_VERSION_STRING, ip4addr_ntoa(&address), name);
    fflush(stdout);
    while (true) {
        struct pollfd waiting[] = { { .fd = descriptor, .events = POLLIN }, { .fd = STDIN_FILENO, .events = POLLIN } };
        int wait = (int)LWIP_MIN(sys_timeouts_sleeptime() / speed, LONGEST_WAIT);
        if (poll(waiting, 2, wait) > 0) {
            tap_receive(&netif, FRAMES_PER_TURN);
            if (waiting[1].revents != 0 && !read_commands())
                return 0;
        }

        sys_check_timeouts();
    }
}
