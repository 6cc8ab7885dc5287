// JavaScript/Node.js Example
const updateUserGeofences = async (apiKey, userId, geofences) => {
  const response = await axios.put(
    `https://api.ivalt.com/admin/public/api/user/${userId}/geofences/update`,
    {
      geofences: geofences
    },
    {
      headers: {
        'x-api-key': apiKey,
        'Content-Type': 'application/json'
      }
    }
  );
  
  return response.data;
};

// Usage
const result = await updateUserGeofences('YOUR_API_KEY', 123, [
  {
    name: 'Office Location',
    latitude: 37.7749,
    longitude: -122.4194,
    radius: 500,
    enabled: true
  }
]);

console.log('Geo-fences updated:', result.status);
console.log('Message:', result.message);
