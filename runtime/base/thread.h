/* Variables that each thread has for itself. They lie in what every thread gets when it starts: access takes one
 * instruction, and unlike those of a library that was opened later they need no memory on first use, whose lack would
 * end the process. */
#ifndef EML_BASE_THREAD_H
#define EML_BASE_THREAD_H

#define EML_THREAD_LOCAL _Thread_local __attribute__((tls_model("initial-exec")))

#endif
