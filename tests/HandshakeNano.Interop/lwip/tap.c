#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <lwip/etharp.h>
#include <lwip/ip4_addr.h>
#include <netif/ethernet.h>

#define MTU 1500
#define LARGEST_FRAME (14 + MTU)

int tap_open(const char *name)
{
    struct ifreq request = { 0 };
    if (strlen(name) >= sizeof(request.ifr_name)) {
        fprintf(stderr, "lwip-peer: %s: the name of an interface has at most 15 letters\n", name);
        exit(2);
    }

    int descriptor = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    strcpy(request.ifr_name, name);
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    if (descriptor < 0 || ioctl(descriptor, TUNSETIFF, &request) < 0) {
        fprintf(stderr, "lwip-peer: cannot open the TAP device %s: %s\n", name, strerror(errno));
        exit(1);
    }

    return descriptor;
}

static err_t send_frame(struct netif *netif, struct pbuf *packet)
{
    char frame[LARGEST_FRAME];
    if (packet->tot_len > sizeof(frame))
        return ERR_BUF;
    pbuf_copy_partial(packet, frame, packet->tot_len, 0);
    return write(*(int *)netif->state, frame, packet->tot_len) == packet->tot_len ? ERR_OK : ERR_IF;
}

err_t tap_init(struct netif *netif)
{
    /* Locally administered, and another one for each IP address. */
    u32_t address = lwip_ntohl(ip4_addr_get_u32(netif_ip4_addr(netif)));
    u8_t hardware[] = { 0x02, 'l', 'w', (u8_t)(address >> 16), (u8_t)(address >> 8), (u8_t)address };
    memcpy(netif->hwaddr, hardware, sizeof(hardware));
    netif->hwaddr_len = sizeof(hardware);
    netif->name[0] = 't';
    netif->name[1] = 'p';
    netif->mtu = MTU;
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
    netif->output = etharp_output;
    netif->linkoutput = send_frame;
    return ERR_OK;
}

void tap_receive(struct netif *netif, int frames)
{
    char frame[LARGEST_FRAME];
    while (frames-- > 0) {
        ssize_t length = read(*(int *)netif->state, frame, sizeof(frame));
        if (length <= 0) {
            if (length < 0 && errno != EAGAIN && errno != EINTR && errno != EIO) {
                fprintf(stderr, "lwip-peer: the TAP device is gone: %s\n", strerror(errno));
                exit(1);
            }

            return;
        }

        /*
         * Not PBUF_POOL: Debian's lwIP 2.1.3 gives such a buffer 592 bytes and believes that it has 1536 (memp.c counts with
         * the TCP_MSS of glibc's <netinet/tcp.h>, pbuf.c with lwIP's own), so a longer frame would overwrite the heap.
         */
        struct pbuf *packet = pbuf_alloc(PBUF_RAW, (u16_t)length, PBUF_RAM);
        if (packet == NULL)
            return;
        pbuf_take(packet, frame, (u16_t)length);
        if (netif->input(packet, netif) != ERR_OK)
            pbuf_free(packet);
    }
}
