// A silver pendant with a sapphire on near-black slate: the piece is brighter than its ground,
// and its own dark reflections are as dark as the ground.
#version 3.7;
#include "flat.inc"
global_settings { assumed_gamma 1.0 max_trace_level 7 }
camera { location <0.4, 7.2, -4.2> look_at <0, 0.1, 0.1> angle 38 }
#ifndef (Mask)
light_source { <-5, 9, -5> rgb <1, 0.97, 0.93>*1.25 area_light <3,0,0>, <0,0,3>, 6, 6 adaptive 0 jitter }
light_source { <7, 6, 3> rgb <0.5, 0.55, 0.65>*0.4 }
sky_sphere { pigment { gradient y color_map { [0 rgb 0.25] [0.6 rgb 0.7] [1 rgb 1] } } }
plane { y, 0 texture { pigment { bozo turbulence 0.7 color_map { [0 rgb <0.035, 0.037, 0.042>] [1 rgb <0.060, 0.062, 0.068>] } scale 0.5 } normal { bumps 0.12 scale 0.05 } finish { diffuse 0.8 specular 0.05 roughness 0.1 } } }
#end
#declare Bail = torus { 0.34, 0.075 rotate x*8 translate <0, 0.16, 1.62> Metal(<0.88, 0.89, 0.91>) }
#declare Frame = difference {
  sphere { 0, 1 scale <1.05, 0.30, 1.25> }
  sphere { 0, 0.9 scale <1.0, 0.9, 1.2> translate y*0.35 }
  Metal(<0.88, 0.89, 0.91>)
}
union {
  object { Bail }
  object { Frame translate <0, 0.2, 0.05> }
  object { Cut(12, <1.25, 0.7, 1.5>) translate <0, 0.42, 0.05> Stone(<0.10, 0.20, 0.75>, 0.45, 1.77) }
  #declare I = 0;
  #while (I < 18)
    sphere { <1.02*cos(I*pi/9), 0.27, 0.05 + 1.22*sin(I*pi/9)>, 0.10 Metal(<0.88, 0.89, 0.91>) }
    #declare I = I + 1;
  #end
  rotate y*(12 + Turn)
}
