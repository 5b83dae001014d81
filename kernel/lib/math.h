/* Floating-point functions, the same bits on every machine.
 *
 * They are musl's, compiled once and linked into all machines with the prefix
 * math_, so a host's libm is never used. Arguments and results are as in C's
 * <math.h>; errno is not set, no exception is signalled to anybody. */
#ifndef LIB_MATH_H
#define LIB_MATH_H

double math_sin(double x);
double math_cos(double x);
double math_tan(double x);
double math_asin(double x);
double math_acos(double x);
double math_atan(double x);
double math_atan2(double y, double x);
double math_sinh(double x);
double math_cosh(double x);
double math_tanh(double x);
double math_exp(double x);
double math_exp2(double x);
double math_log(double x);
double math_log2(double x);
double math_log10(double x);
double math_pow(double x, double y);
double math_sqrt(double x);
double math_cbrt(double x);
double math_hypot(double x, double y);
double math_floor(double x);
double math_ceil(double x);
double math_round(double x);
double math_trunc(double x);
double math_fmod(double x, double y);

#endif
