/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Locks that everybody gets at once: for `ukmod intree --sabotage`, which links a test to these
 * instead of the runtime's. A test that calls itself successful with one of them has not looked.
 *
 * The linker knows them by name alone (--wrap), so no header is needed, and no type.
 */

#define BROKEN(lock, unlock) \
	void __wrap_##lock(void *it); \
	void __wrap_##unlock(void *it); \
	void __wrap_##lock(void *it) \
	{ \
		(void)it; \
	} \
	void __wrap_##unlock(void *it) \
	{ \
		(void)it; \
	}

BROKEN(_raw_spin_lock, _raw_spin_unlock)
BROKEN(_raw_write_lock, _raw_write_unlock)
BROKEN(mutex_lock, mutex_unlock)
BROKEN(down_write, up_write)
BROKEN(percpu_down_write, percpu_up_write)
BROKEN(rt_mutex_lock, rt_mutex_unlock)

int __wrap_ww_mutex_lock(void *it, void *context);
void __wrap_ww_mutex_unlock(void *it);
int __wrap_ww_mutex_lock(void *it, void *context)
{
	(void)it, (void)context;
	return 0;
}
void __wrap_ww_mutex_unlock(void *it)
{
	(void)it;
}
