// Two rings of different metal side by side on green felt.
#version 3.7;
#include "flat.inc"
global_settings { assumed_gamma 1.0 max_trace_level 7 }
camera { location <0.3, 6.6, -10.2> look_at <0, 0.95, 0> angle 34 }
#ifndef (Mask)
light_source { <-7, 11, -6> rgb <1, 0.96, 0.90>*1.2 area_light <3,0,0>, <0,0,3>, 6, 6 adaptive 0 jitter }
light_source { <8, 7, -2> rgb <0.55, 0.6, 0.7>*0.4 area_light <2,0,0>, <0,2,0>, 4, 4 adaptive 0 jitter }
sky_sphere { pigment { gradient y color_map { [0 rgb <0.40, 0.40, 0.38>] [0.5 rgb 0.8] [1 rgb 1] } } }
plane { y, 0 texture { pigment { granite scale 0.3 color_map { [0 rgb <0.13, 0.26, 0.19>] [1 rgb <0.20, 0.34, 0.26>] } } normal { bumps 0.3 scale 0.03 } finish { diffuse 0.85 } } }
#end
#macro Band(Colour, Gem)
  union {
    torus { 0.95, 0.15 rotate x*90 Metal(Colour) }
    cone { <0, 0.95, 0>, 0.14, <0, 1.2, 0>, 0.34 Metal(Colour) }
    object { Cut(12, 0.62) translate <0, 1.32, 0> Stone(Gem, 0.5, 1.9) }
    #local I = 0;
    #while (I < 4)
      sphere { <0.36, 1.30, 0>, 0.07 rotate y*(45 + 90*I) Metal(Colour) }
      #local I = I + 1;
    #end
  }
#end
object { Band(<0.95, 0.68, 0.28>, <0.90, 0.30, 0.55>) rotate y*(32 + Turn) translate <-1.35, 1.10, 0.3> }
object { Band(<0.88, 0.88, 0.90>, <0.15, 0.45, 0.85>) rotate y*(-24 + Turn) translate <1.35, 1.10, -0.3> }
