// SPDX-License-Identifier: MIT OR Apache-2.0
/* Errors as pointers, members of structures, sums and products that do not fit, and numbers of errors. */
#include "ask.h"
#include <linux/build_bug.h>
#include <linux/container_of.h>
#include <linux/kdev_t.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/stddef.h>

struct outer {
	int a;
	struct {
		int b;
		long c;
	} inner;
	u8 tail[];
};

CASE(pointers, "ERR_PTR PTR_ERR IS_ERR IS_ERR_OR_NULL PTR_ERR_OR_ZERO ERR_CAST IS_ERR_VALUE MAX_ERRNO")
{
	void *error = ERR_PTR(-ENOENT), *null = NULL, *good = &error, *last = ERR_PTR(-MAX_ERRNO), *beyond = ERR_PTR(-MAX_ERRNO - 1);

	answer("is=%d,%d,%d last=%d beyond=%d", IS_ERR(error), IS_ERR(null), IS_ERR(good), IS_ERR(last), IS_ERR(beyond));
	answer("or_null=%d,%d,%d ptr_err=%ld or_zero=%d,%d,%d", IS_ERR_OR_NULL(error), IS_ERR_OR_NULL(null), IS_ERR_OR_NULL(good),
	       PTR_ERR(error), PTR_ERR_OR_ZERO(error), PTR_ERR_OR_ZERO(null), PTR_ERR_OR_ZERO(good));
	answer("cast=%ld value=%d,%d", PTR_ERR(ERR_CAST(error)), IS_ERR_VALUE(-5ul), IS_ERR_VALUE(5ul));
}

CASE(members, "container_of offsetof offsetofend sizeof_field ARRAY_SIZE")
{
	struct outer outer;
	long *c = &outer.inner.c;

	answer("container=%d offset=%zu,%zu end=%zu size=%zu", container_of(c, struct outer, inner.c) == &outer,
	       offsetof(struct outer, inner.c), offsetof(struct outer, tail), offsetofend(struct outer, a),
	       sizeof_field(struct outer, inner));
	answer("array=%zu", ARRAY_SIZE(((int[5]){})));
}

CASE(overflow, "check_add_overflow check_sub_overflow check_mul_overflow array_size array3_size struct_size size_add size_mul"
	       " flex_array_size")
{
	volatile size_t large = SIZE_MAX / 2 + 1, small = 3;
	struct outer *p = NULL;
	int sum, fits;
	u8 byte;

	fits = check_add_overflow(INT_MAX, (int)small, &sum);
	answer("add=%d sum=%d", fits, sum);
	fits = check_add_overflow((u8)200, (u8)50, &byte);
	answer("u8=%d sum=%u", fits, byte);
	fits = check_sub_overflow(0, INT_MIN, &sum);
	answer("sub=%d difference=%d", fits, sum);
	fits = check_mul_overflow(1 << 20, 1 << 12, &sum);
	answer("mul=%d product=%d", fits, sum);
	answer("array=%zu,%zx array3=%zu,%zx", array_size(small, 5), array_size(large, 2), array3_size(small, 5, 2),
	       array3_size(large, 2, 2));
	answer("struct=%zu,%zx size=%zx,%zx,%zu flex=%zu", struct_size(p, tail, small), struct_size(p, tail, SIZE_MAX - small),
	       size_add(large, large), size_mul(large, small), size_add(small, 4), flex_array_size(p, tail, small));
}

CASE(numbers, "EPERM ENOENT EINTR EIO ENXIO E2BIG EBADF EAGAIN ENOMEM EACCES EFAULT EBUSY EEXIST ENODEV EINVAL ENOSPC ESPIPE"
	      " EPIPE ERANGE EDEADLK ENOSYS EBADRQC EOVERFLOW EOPNOTSUPP ETIMEDOUT EALREADY EINPROGRESS ECANCELED"
	      " ERESTARTSYS ERESTARTNOINTR ERESTARTNOHAND ERESTART_RESTARTBLOCK EPROBE_DEFER ENOIOCTLCMD ENOTSUPP")
{
	answer("%d,%d,%d,%d,%d,%d,%d,%d,%d,%d", EPERM, ENOENT, EINTR, EIO, ENXIO, E2BIG, EBADF, EAGAIN, ENOMEM, EACCES);
	answer("%d,%d,%d,%d,%d,%d,%d,%d,%d,%d", EFAULT, EBUSY, EEXIST, ENODEV, EINVAL, ENOSPC, ESPIPE, EPIPE, ERANGE, EDEADLK);
	answer("%d,%d,%d,%d,%d,%d,%d,%d", ENOSYS, EBADRQC, EOVERFLOW, EOPNOTSUPP, ETIMEDOUT, EALREADY, EINPROGRESS, ECANCELED);
	answer("%d,%d,%d,%d,%d,%d,%d", ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK, EPROBE_DEFER,
	       ENOIOCTLCMD, ENOTSUPP);
}

CASE(devices, "MAJOR MINOR MKDEV print_dev_t format_dev_t MINORBITS MINORMASK")
{
	dev_t dev = MKDEV(511, 0xabcde);
	char text[24];
	int ret = print_dev_t(text, dev);

	answer("dev=%x major=%u minor=%x bits=%d mask=%x", dev, MAJOR(dev), MINOR(dev), MINORBITS, MINORMASK);
	answer("print=%d [%s]", ret, strim(text));
	answer("format=[%s]", format_dev_t(text, dev));
}

CASE(small, "upper_32_bits lower_32_bits IS_ENABLED __stringify")
{
	volatile u64 value = 0x123456789abcdef0ull;

	answer("bits=%x,%x string=%s", upper_32_bits(value), lower_32_bits(value), __stringify(a + 1));
	answer("smp=%d modules=%d none=%d", IS_ENABLED(CONFIG_SMP), IS_ENABLED(CONFIG_MODULES), IS_ENABLED(CONFIG_NO_SUCH_THING));
}

ASK_MODULE(&case_pointers, &case_members, &case_overflow, &case_numbers, &case_devices, &case_small);
