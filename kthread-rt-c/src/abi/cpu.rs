//! `linux/cpu.h`: the lock that keeps cpus from going online or offline. (`smpboot` takes them
//! online and offline, and calls the callbacks.)

use std::ffi::c_int;

#[unsafe(no_mangle)]
extern "C-unwind" fn cpus_read_lock() {
    super::sched::forget_place();
    kthread_rt::cpus_read_lock();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn cpus_read_trylock() -> c_int {
    kthread_rt::cpus_read_trylock().into()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn cpus_read_unlock() {
    kthread_rt::cpus_read_unlock();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn cpus_write_lock() {
    super::sched::forget_place();
    kthread_rt::cpus_write_lock();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn cpus_write_unlock() {
    kthread_rt::cpus_write_unlock();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn lockdep_is_cpus_held() -> c_int {
    kthread_rt::lockdep_is_cpus_held().into()
}

#[unsafe(no_mangle)]
extern "C-unwind" fn cpu_hotplug_disable() {
    kthread_rt::cpu_hotplug_disable();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn cpu_hotplug_enable() {
    kthread_rt::cpu_hotplug_enable();
}
