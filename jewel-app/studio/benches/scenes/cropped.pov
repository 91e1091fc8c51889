// A gold chain with a ruby drop that runs out of the photo at the top, on blue-grey paper.
#version 3.7;
#include "flat.inc"
global_settings { assumed_gamma 1.0 max_trace_level 7 }
camera { location <0, 8.5, -2.5> look_at <0, 0, 0.2> angle 34 }
#ifndef (Mask)
light_source { <6, 10, -5> rgb <1, 0.97, 0.92>*1.15 area_light <3,0,0>, <0,0,3>, 6, 6 adaptive 0 jitter }
light_source { <-7, 8, 2> rgb <0.5, 0.55, 0.62>*0.4 }
sky_sphere { pigment { gradient y color_map { [0 rgb 0.35] [0.6 rgb 0.8] [1 rgb 1] } } }
plane { y, 0 texture { pigment { bozo turbulence 0.5 color_map { [0 rgb <0.46, 0.52, 0.58>] [1 rgb <0.52, 0.58, 0.64>] } scale 1.5 } normal { bumps 0.1 scale 0.04 } finish { diffuse 0.85 specular 0.03 } } }
#end
#declare Link = torus { 0.17, 0.055 scale <1, 1, 0.72> Metal(<0.95, 0.68, 0.28>) }
union {
  #declare I = 0;
  #while (I < 16)
    object { Link rotate x*(90*mod(I, 2)) rotate y*56 translate <-0.16 - I*0.155, 0.19, -0.10 + I*0.235> }
    object { Link rotate x*(90*mod(I, 2)) rotate y*-56 translate <0.16 + I*0.155, 0.19, -0.10 + I*0.235> }
    #declare I = I + 1;
  #end
  torus { 0.17, 0.06 translate <0, 0.20, -0.28> Metal(<0.95, 0.68, 0.28>) }
  difference { sphere { 0, 1 scale <0.62, 0.24, 0.80> } sphere { 0, 1 scale <0.54, 0.5, 0.71> translate y*0.25 } translate <0, 0.2, -1.15> Metal(<0.95, 0.68, 0.28>) }
  object { Cut(12, <0.85, 0.6, 1.1>) translate <0, 0.36, -1.15> Stone(<0.75, 0.03, 0.10>, 0.40, 1.77) }
  rotate y*(4 + Turn)
}
