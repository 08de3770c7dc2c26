//! Random schedules of the whole system, with more tasks than an exhaustive search could bear.
