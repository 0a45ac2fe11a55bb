/* How loose values on lanes may be, in units (lanes.h): the bounds that hold for every instruction set. Whoever plans a
 * computation on lanes keeps to them; the file of each instruction set says why they suffice there. */
#ifndef EML_FIELD_LANES_UNITS_H
#define EML_FIELD_LANES_UNITS_H

enum {
    EML_LANES_PRODUCT_UNITS = 16,   /* of two factors, multiplied with each other */
    EML_LANES_SUBTRAHEND_UNITS = 2, /* of b in a - b */
    EML_LANES_DIFFERENCE_UNITS = 3, /* that a - b may have more than a */
    EML_LANES_TIGHTEN_UNITS = 64,
    EML_LANES_SUM_MAX = 256, /* products in one sum */
};

#endif
