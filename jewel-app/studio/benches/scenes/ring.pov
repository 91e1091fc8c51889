#version 3.7;
#include "flat.inc"
global_settings { assumed_gamma 1.0 max_trace_level 7 }
camera { location <0.6,6.2,-10.5> look_at <0.15,1.55,0> angle 32 }
#ifndef (Mask)
light_source { <-6,11,-7> rgb <1.0,0.93,0.82>*1.15 area_light <3,0,0>,<0,0,3>,6,6 adaptive 0 jitter }
light_source { <9,6,-2> rgb <0.55,0.62,0.75>*0.45 area_light <2,0,0>,<0,2,0>,4,4 adaptive 0 jitter }
sky_sphere { pigment { gradient y color_map { [0 rgb <0.45,0.42,0.38>] [0.5 rgb <0.85,0.85,0.86>] [1 rgb <1,1,1>] } } }
// linen-like cloth
plane { y,0 texture { pigment { bozo turbulence 0.6 color_map { [0 rgb <0.70,0.66,0.60>] [1 rgb <0.80,0.77,0.71>] } scale 0.6 }
  normal { average normal_map { [1 gradient x 0.5 scale 0.05 turbulence 0.1] [1 gradient z 0.5 scale 0.05 turbulence 0.1] [0.8 bumps 0.5 scale 0.8] } } finish { diffuse 0.85 specular 0.03 } } }
#end
#declare Gold = texture { pigment { rgb <0.95,0.68,0.28> } finish { ambient 0.02 diffuse 0.25 specular 0.9 roughness 0.008 metallic reflection { 0.45 metallic } } }
#declare Gem = material { texture { pigment { rgbt <0.97,0.98,1.0,0.93> } finish { specular 1 roughness 0.001 reflection { 0.05,0.6 fresnel } conserve_energy } } interior { ior 2.2  fade_distance 2 fade_power 1 fade_color <0.9,0.97,1> } }
#ifdef (Mask) #declare Gold = texture { Flat } #declare Gem = material { texture { Flat } } #end
#declare Ring = union {
  torus { 1.25,0.17 rotate x*90 texture { Gold } }
  cone { <0,1.30,0>,0.22,<0,1.62,0>,0.46 open texture { Gold } }
  #declare I=0; #while (I<6)
    cylinder { <0.44,1.50,0>,<0.47,1.86,0>,0.055 rotate y*60*I texture { Gold } }
    sphere { <0.46,1.87,0>,0.075 rotate y*60*I texture { Gold } }
  #declare I=I+1; #end
  intersection {
    #declare I=0; #while (I<16)
      plane { y,0.62 rotate z*-52 translate <0,1.50,0> rotate y*22.5*I }
      plane { -y,0.40 rotate z*44 translate <0,1.62,0> rotate y*22.5*I }
    #declare I=I+1; #end
    plane { y,1.98 }
    plane { -y,-1.18 }
    sphere { <0,1.66,0>,0.62 }
    material { Gem }
  }
}
object { Ring rotate y*(28+Turn) rotate z*8 translate <0,1.38,0> }
sphere { <2.1,0.22,-0.6>,0.22 Pearl(<0.93,0.90,0.86>) }
