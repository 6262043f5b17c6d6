// Linux's driver spidev as a program's calls of open, ioctl and close meet it: what is under /dev/spidev goes to the functions
// that spidev_serve was given, which answer 0 or -errno. All other files are the kernel's.
#include <errno.h>
#include <fcntl.h>
#include <linux/spi/spidev.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define PREFIX "/dev/spidev"
#define DESCRIPTORS 65536

struct spidev {
    int (*opened)(const char *path);
    int (*mode)(int mode);
    int (*bits)(int bits);
    int (*speed)(int speed);
    int (*transfer)(const struct spi_ioc_transfer *transfer);
    int (*closed)(void);
};

static struct spidev device;
static char is_ours[DESCRIPTORS];

static int answer(int result)
{
    if (result >= 0)
        return result;
    errno = -result;
    return -1;
}

EXPORT void spidev_serve(const struct spidev *functions)
{
    device = *functions;
}

EXPORT int open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    int mode = va_arg(more, int);
    va_end(more);
    if (strncmp(path, PREFIX, strlen(PREFIX)) != 0)
        return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    if (answer(device.opened(path)) < 0)
        return -1;
    int descriptor = syscall(SYS_openat, AT_FDCWD, "/dev/null", flags, 0);
    if (descriptor >= DESCRIPTORS) {
        syscall(SYS_close, descriptor);
        return answer(-EMFILE);
    }
    if (descriptor >= 0)
        is_ours[descriptor] = 1;
    return descriptor;
}

EXPORT int ioctl(int descriptor, unsigned long request, ...)
{
    va_list more;
    va_start(more, request);
    void *argument = va_arg(more, void *);
    va_end(more);
    if (descriptor < 0 || descriptor >= DESCRIPTORS || !is_ours[descriptor])
        return syscall(SYS_ioctl, descriptor, request, argument);
    switch ((unsigned int)request) {
    case SPI_IOC_WR_MODE:
        return answer(device.mode(*(unsigned char *)argument));
    case SPI_IOC_WR_BITS_PER_WORD:
        return answer(device.bits(*(unsigned char *)argument));
    case SPI_IOC_WR_MAX_SPEED_HZ:
        return answer(device.speed(*(int *)argument));
    case SPI_IOC_MESSAGE(1):
        return answer(device.transfer(argument));
    default:
        return answer(-ENOTTY);
    }
}

EXPORT int close(int descriptor)
{
    if (descriptor >= 0 && descriptor < DESCRIPTORS && is_ours[descriptor]) {
        is_ours[descriptor] = 0;
        device.closed();
    }
    return syscall(SYS_close, descriptor);
}
