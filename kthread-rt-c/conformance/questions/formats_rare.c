// SPDX-License-Identifier: MIT OR Apache-2.0
/* Formats of what kthread-rt has no types for: times of a clock, sockets, resources. And the level that a message begins with. */
#include "ask.h"
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ioport.h>
#include <linux/rtc.h>
#include <linux/time64.h>

#pragma GCC diagnostic ignored "-Wformat"

CASE(times, "rtc_time")
{
	struct rtc_time tm = { .tm_sec = 9, .tm_min = 8, .tm_hour = 7, .tm_mday = 6, .tm_mon = 4, .tm_year = 123 };
	time64_t time = 1700000000;

	answer("R [%ptR][%ptRd][%ptRt][%ptRr]", &tm, &tm, &tm, &tm);
	answer("T [%ptT][%ptTd][%ptTt]", &time, &time, &time);
	answer("s [%ptRs][%ptTs]", &tm, &time);
}

CASE(resources, "resource DEFINE_RES_MEM DEFINE_RES_IO DEFINE_RES_IRQ")
{
	struct resource memory = DEFINE_RES_MEM(0x1000, 0x100), port = DEFINE_RES_IO(0x60, 4), irq = DEFINE_RES_IRQ(5);

	answer("r [%pr][%pr][%pr]", &memory, &port, &irq);
	answer("R [%pR][%pR][%pR]", &memory, &port, &irq);
}

CASE(sockets, "sockaddr_in sockaddr_in6")
{
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(80), .sin_addr.s_addr = htonl(0x0a000001) };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(443) };

	six.sin6_addr.s6_addr[15] = 1;
	answer("4 [%pIS][%pISp][%piS]", &four, &four, &four);
	answer("6 [%pISc][%pISpc]", &six, &six);
}

CASE(levels, "printk_get_level printk_skip_level KERN_INFO KERN_ERR")
{
	answer("get=%c,%c,%d skip=[%s][%s]", printk_get_level(KERN_INFO "x"), printk_get_level(KERN_ERR),
	       printk_get_level("6x"), printk_skip_level(KERN_INFO "x"), printk_skip_level("x"));
}

ASK_MODULE(&case_times, &case_resources, &case_sockets, &case_levels);
