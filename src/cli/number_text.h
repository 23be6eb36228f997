/* number_text.h: real numbers as text: as short as they read back exactly. */
#ifndef RANKPOOL_CLI_NUMBER_TEXT_H
#define RANKPOOL_CLI_NUMBER_TEXT_H

#define NUMBER_TEXT_SIZE 32

/* Write the number with the fewest digits that give exactly it when they are read. Return `text`. They use the thread's locale. */
const char *number_text(double number, char text[NUMBER_TEXT_SIZE]);
const char *number_text_float(float number, char text[NUMBER_TEXT_SIZE]);

#endif
