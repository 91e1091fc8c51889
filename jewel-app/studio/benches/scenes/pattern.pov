// A gold bangle with emeralds on printed cloth: the ground has two colours and sharp edges.
#version 3.7;
#include "flat.inc"
global_settings { assumed_gamma 1.0 max_trace_level 7 }
camera { location <0, 8.2, -4.6> look_at <0, 0.1, 0> angle 36 }
#ifndef (Mask)
light_source { <-6, 10, -3> rgb <1, 0.96, 0.90>*1.2 area_light <3,0,0>, <0,0,3>, 6, 6 adaptive 0 jitter }
sky_sphere { pigment { gradient y color_map { [0 rgb 0.4] [0.6 rgb 0.8] [1 rgb 1] } } }
plane { y, 0 texture { pigment { hexagon color rgb <0.16, 0.24, 0.36>, color rgb <0.62, 0.66, 0.70>, color rgb <0.36, 0.44, 0.54> scale 0.28 turbulence 0.02 rotate y*17 } normal { bumps 0.25 scale 0.03 } finish { diffuse 0.8 } } }
#end
union {
  torus { 1.45, 0.16 scale <1, 1.25, 1> translate y*0.2 Metal(<0.95, 0.68, 0.28>) }
  #declare I = 0;
  #while (I < 7)
    object { Cut(8, 0.62) translate <0, 0.55, 0> rotate z*0 translate <1.45*cos(I*0.42 + 3.4), 0, 1.45*sin(I*0.42 + 3.4)> Stone(<0.03, 0.50, 0.22>, 0.40, 1.58) }
    cylinder { <0, 0.1, 0>, <0, 0.44, 0>, 0.30 translate <1.45*cos(I*0.42 + 3.4), 0, 1.45*sin(I*0.42 + 3.4)> Metal(<0.95, 0.68, 0.28>) }
    #declare I = I + 1;
  #end
  rotate y*Turn
}
