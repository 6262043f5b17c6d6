/* A network interface of lwIP whose cable is a TAP device of the Linux kernel. */
#ifndef TAP_H
#define TAP_H

#include <lwip/netif.h>

/* Opens the TAP device of this name. Returns its file descriptor; ends the program with a message if it cannot. */
int tap_open(const char *name);

/* Called by netif_add(), whose state argument points to the descriptor. */
err_t tap_init(struct netif *netif);

/* Hands lwIP at most this many of the frames that have come. */
void tap_receive(struct netif *netif, int frames);

#endif
