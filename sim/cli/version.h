/*
 * Which viaport this is. The texts are written by version.cmake whenever it is built.
 */
#ifndef SIM_CLI_VERSION_H
#define SIM_CLI_VERSION_H

/** "0.1.0" */
extern const char version_number[];

/** "0123456789ab", with "-dirty" behind it when files differed from it; empty when it was not built from a commit. */
extern const char version_commit[];

/** What results carry, since two commits may differ in results: "0.1.0+0123456789ab", or the number alone. */
extern const char version_whole[];

#endif
