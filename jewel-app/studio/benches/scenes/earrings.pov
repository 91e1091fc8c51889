#version 3.7;
#include "flat.inc"
global_settings { assumed_gamma 1.0 max_trace_level 7 }
camera { location <0,7.5,-5> look_at <0,0.2,0.2> angle 36 }
#ifndef (Mask)
light_source { <7,10,-4> rgb <1,0.97,0.92>*1.2 area_light <3,0,0>,<0,0,3>,6,6 adaptive 0 jitter }
sky_sphere { pigment { gradient y color_map { [0 rgb 0.35] [0.6 rgb 0.8] [1 rgb 1] } } }
plane { y,0 texture { pigment { wood turbulence 0.08 color_map { [0 rgb <0.30,0.17,0.09>] [0.5 rgb <0.42,0.25,0.13>] [1 rgb <0.24,0.13,0.07>] } scale 0.35 rotate y*75 rotate x*3 } normal { wrinkles 0.15 scale <3,1,0.1> } finish { diffuse 0.8 specular 0.15 roughness 0.05 reflection 0.03 } } }
#end
#declare Silver = texture { pigment { rgb <0.86,0.87,0.89> } finish { ambient 0.02 diffuse 0.25 specular 0.9 roughness 0.006 metallic reflection { 0.5 metallic } } }
#declare Ruby = material { texture { pigment { rgbt <0.75,0.03,0.10,0.75> } finish { specular 1 roughness 0.002 reflection { 0.05,0.5 fresnel } conserve_energy } } interior { ior 1.77 fade_distance 0.8 fade_power 2 fade_color <0.8,0.02,0.08> } }
#ifdef (Mask) #declare Silver = texture { Flat } #declare Ruby = material { texture { Flat } } #end
#declare Drop = union {
  torus { 0.55,0.06 translate <0,0.12,0.95> texture { Silver } }
  torus { 0.12,0.04 translate <0,0.12,0.33> texture { Silver } }
  difference { sphere { 0,0.55 scale <0.85,0.35,1.2> } sphere { 0,0.50 scale <0.85,0.6,1.2> } translate <0,0.18,-0.45> texture { Silver } }
  sphere { 0,0.48 scale <0.82,0.42,1.15> translate <0,0.2,-0.45> material { Ruby } }
  #declare I=0; #while (I<14)
    sphere { <0.50*cos(I*pi/7),0.22,-0.45+0.70*sin(I*pi/7)>,0.065 texture { Silver } }
  #declare I=I+1; #end
}
object { Drop rotate y*(14+Turn) translate <-0.95,0,0.1> }
object { Drop rotate y*(-22+Turn) translate <0.95,0,-0.15> }
