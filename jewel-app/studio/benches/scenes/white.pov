// A white-gold ring with a pearl on white paper: hardly any colour apart, much shadow.
#version 3.7;
#include "flat.inc"
global_settings { assumed_gamma 1.0 max_trace_level 7 }
camera { location <-0.8, 6.4, -9.6> look_at <0, 1.35, 0> angle 30 }
#ifndef (Mask)
light_source { <6, 12, -6> rgb <1, 0.99, 0.97>*1.05 area_light <4,0,0>, <0,0,4>, 7, 7 adaptive 0 jitter }
light_source { <-8, 7, -3> rgb 0.35 area_light <3,0,0>, <0,3,0>, 5, 5 adaptive 0 jitter }
sky_sphere { pigment { gradient y color_map { [0 rgb 0.30] [0.35 rgb 0.55] [0.8 rgb 0.9] [1 rgb 1] } } }
plane { y, 0 texture { pigment { rgb <0.90, 0.90, 0.89> } normal { bumps 0.05 scale 0.03 } finish { ambient 0.05 diffuse 0.8 } } }
#end
union {
  torus { 1.15, 0.15 rotate x*90 Metal(<0.86, 0.86, 0.85>) }
  cone { <0, 1.15, 0>, 0.16, <0, 1.42, 0>, 0.40 Metal(<0.86, 0.86, 0.85>) }
  sphere { <0, 1.72, 0>, 0.46 Pearl(<0.95, 0.92, 0.88>) }
  #declare I = 0;
  #while (I < 5)
    sphere { <0.40*cos(I*2*pi/5), 1.46, 0.40*sin(I*2*pi/5)>, 0.10 Metal(<0.86, 0.86, 0.85>) }
    #declare I = I + 1;
  #end
  rotate y*(-34 + Turn) rotate z*-5 translate <0, 1.29, 0>
}
