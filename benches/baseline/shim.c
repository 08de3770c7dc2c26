// A kthread shim as userspace ports write it today: a pthread for each kthread, a state word with a
// futex under it, a mutex and a condition variable for a completion, the name set from outside. It
// is a baseline for kthread-rt, and not for use: its kthread_stop handles no signals, no parking
// and no second caller.

#define _GNU_SOURCE
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RUNNING = 0, ASLEEP = 1 };

struct shim_task {
    pthread_t thread;
    atomic_int state;
    atomic_int should_stop;
    atomic_int exited;
    int (*fn)(void *);
    void *data;
    int result;
    char comm[16];
};

static _Thread_local struct shim_task *current;

static void futex_wait(atomic_int *word, int value)
{
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void futex_wake(atomic_int *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

struct shim_task *shim_current(void)
{
    return current;
}

void shim_set_asleep(void)
{
    atomic_store(&current->state, ASLEEP);
}

void shim_set_running(void)
{
    atomic_store_explicit(&current->state, RUNNING, memory_order_relaxed);
}

void shim_schedule(void)
{
    while (atomic_load(&current->state) == ASLEEP)
        futex_wait(&current->state, ASLEEP);
}

void shim_wake_up_process(struct shim_task *task)
{
    if (atomic_exchange(&task->state, RUNNING) == ASLEEP)
        futex_wake(&task->state);
}

int shim_should_stop(void)
{
    return atomic_load_explicit(&current->should_stop, memory_order_relaxed);
}

static void *start(void *arg)
{
    struct shim_task *task = arg;

    current = task;
    shim_schedule();
    task->result = task->fn(task->data);
    atomic_store(&task->exited, 1);
    futex_wake(&task->exited);
    return NULL;
}

// The new thread sleeps until it is woken. NULL if there is no thread.
struct shim_task *shim_kthread_create(int (*fn)(void *), void *data, size_t stack, const char *name)
{
    struct shim_task *task = calloc(1, sizeof(*task));
    pthread_attr_t attr;
    int error;

    if (!task)
        return NULL;
    task->fn = fn;
    task->data = data;
    task->state = ASLEEP;
    snprintf(task->comm, sizeof(task->comm), "%s", name);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, stack);
    error = pthread_create(&task->thread, &attr, start, task);
    pthread_attr_destroy(&attr);
    if (error) {
        free(task);
        return NULL;
    }
    pthread_setname_np(task->thread, task->comm);
    return task;
}

int shim_kthread_stop(struct shim_task *task)
{
    int result;

    atomic_store(&task->should_stop, 1);
    shim_wake_up_process(task);
    while (!atomic_load(&task->exited))
        futex_wait(&task->exited, 0);
    pthread_join(task->thread, NULL);
    result = task->result;
    free(task);
    return result;
}

struct shim_completion {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned int done;
};

struct shim_completion *shim_completion_new(void)
{
    struct shim_completion *x = calloc(1, sizeof(*x));

    if (x) {
        pthread_mutex_init(&x->lock, NULL);
        pthread_cond_init(&x->changed, NULL);
    }
    return x;
}

void shim_completion_free(struct shim_completion *x)
{
    pthread_cond_destroy(&x->changed);
    pthread_mutex_destroy(&x->lock);
    free(x);
}

// Signals under the lock: a port's waiter may free the completion as soon as it has had the lock.
void shim_complete(struct shim_completion *x)
{
    pthread_mutex_lock(&x->lock);
    if (x->done != UINT_MAX)
        x->done++;
    pthread_cond_signal(&x->changed);
    pthread_mutex_unlock(&x->lock);
}

void shim_complete_all(struct shim_completion *x)
{
    pthread_mutex_lock(&x->lock);
    x->done = UINT_MAX;
    pthread_cond_broadcast(&x->changed);
    pthread_mutex_unlock(&x->lock);
}

void shim_wait_for_completion(struct shim_completion *x)
{
    pthread_mutex_lock(&x->lock);
    while (!x->done)
        pthread_cond_wait(&x->changed, &x->lock);
    if (x->done != UINT_MAX)
        x->done--;
    pthread_mutex_unlock(&x->lock);
}

void shim_reinit_completion(struct shim_completion *x)
{
    pthread_mutex_lock(&x->lock);
    x->done = 0;
    pthread_mutex_unlock(&x->lock);
}
