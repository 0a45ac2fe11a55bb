/* The version of every file, and of what a program hash covers. */
#ifndef EML_BASE_FORMAT_H
#define EML_BASE_FORMAT_H

enum { EML_FORMAT_VERSION = 2 };
#define EML_FORMAT_STATE " (draft)" /* wherever people read the version: it may still change under the same number */

#endif
